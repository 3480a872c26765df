/** GPT-2 as a user writes it: a stack of twelve blocks, tokens and places before, the table of symbols after. */
import {
  add,
  crossEntropy,
  geluTanh,
  gradOrThrow,
  int,
  linear,
  embedding as look,
  programOrThrow,
  real,
} from '../../../../src/index.ts'
import {
  dense,
  layerNorm,
  multiHeadAttention,
  predictOrThrow,
  residual,
  sequential,
  takes,
} from '../../../../src/nn/index.ts'

const block = sequential(
  residual(sequential(layerNorm([768]), multiHeadAttention(768, 12, { causal: true }))),
  residual(sequential(layerNorm([768]), dense(768, 3072), geluTanh, dense(3072, 768))),
)
export const body = sequential(
  takes(real(128, 768)),
  block,
  block,
  block,
  block,
  block,
  block,
  block,
  block,
  block,
  block,
  block,
  block,
  layerNorm([768]),
)
const run = predictOrThrow(body, real(128, 768))
export const seen: readonly [128, 768] = run.out.shape

/** The same by hand, for the table that is used twice. */
export const loss = programOrThrow(
  { wte: real(50257, 768), wpe: real(128, 768), body: body.params, text: int(128), next: int(128) },
  ({ wte, wpe, body: params, text, next }) => {
    const start = add(look(wte, text), wpe)
    const [out] = body.apply(params, body.state, { mode: 'eval', key: body.keys }, start)
    return crossEntropy()(linear(out, wte), next)
  },
)
export const gradient = gradOrThrow(loss)
