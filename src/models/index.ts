/** Known networks as functions of their options, and two that are measured. */
// the types of models name these: declaration files of users need them under this entry
export type { Key, Layer, Start, Type, TypeRule } from '../nn/index.ts'
export { type AlexNetOptions, alexNet } from './alexNet.ts'
export { type ConvNeXtOptions, convNeXtTiny } from './convNeXt.ts'
export { type LeNetOptions, leNet5 } from './leNet.ts'
export { efficientNetB0, type InvertedBlocks, type InvertedOptions, mobileNetV2 } from './mobileNet.ts'
export type { Checkpointed, Classifier, ClassifierOptions, ImageOf, Logits, Maps, Model } from './model.ts'
export {
  alexNetNames,
  convNeXtTinyNames,
  efficientNetB0Names,
  gpt2Names,
  leNet5Names,
  mobileNetV2Names,
  resNet18Names,
  resNet50Names,
  swinTNames,
  vgg11Names,
  vgg16Names,
  vitB16Names,
} from './names.ts'
export { type ResNetOptions, resNet18, resNet50 } from './resNet.ts'
export { type LstmClassifierOptions, lstmClassifier, type ResidualMlpOptions, residualMlp } from './sequence.ts'
export { type SwinOptions, swinT } from './swin.ts'
export { type Gpt2Options, gpt2, type VitOptions, vitB16 } from './transformer.ts'
export { type UNetOptions, uNet } from './uNet.ts'
export { type VggOptions, vgg11, vgg16 } from './vgg.ts'
export {
  loadWeights,
  saveWeights,
  showWeightsError,
  type WeightName,
  type WeightNames,
  type WeightsError,
} from './weights.ts'
