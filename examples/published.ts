/** The networks of adjoint/models, with their published numbers of parameters: torchvision's, and Hugging Face's GPT-2. */
import * as models from '../src/models/index.ts'
import type { Layer } from '../src/nn/index.ts'

// biome-ignore format: a table, one network per line
export const published: readonly (readonly [name: string, network: Layer, parameters: number])[] = [
  ['LeNet-5', models.leNet5(), 61_706],
  ['AlexNet', models.alexNet(), 61_100_840],
  ['VGG-11', models.vgg11(), 132_863_336],
  ['VGG-16', models.vgg16(), 138_357_544],
  ['ResNet-18', models.resNet18(), 11_689_512],
  ['ResNet-50', models.resNet50(), 25_557_032],
  ['MobileNetV2', models.mobileNetV2(), 3_504_872],
  ['EfficientNet-B0', models.efficientNetB0(), 5_288_548],
  ['ConvNeXt-Tiny', models.convNeXtTiny(), 28_589_128],
  ['ViT-B/16', models.vitB16(), 86_567_656],
  ['Swin-T', models.swinT(), 28_288_354],
  ['GPT-2 small', models.gpt2(), 124_439_808],
]
