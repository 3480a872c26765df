/** What a trained network is asked about pictures, for E5: every program of saliency.ts, run on many of them. */
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { type Arrays, vmap } from '../src/index.ts'
import { foldIn, normal, randomKey } from '../src/random/index.ts'
import { compute, type RunOptions } from '../src/report/index.ts'
import {
  cam,
  guided,
  guidedScore,
  likedByChannel,
  likedByOutput,
  noiseSize,
  score,
  side,
  slope,
  smooth,
} from './saliency.ts'

const [size, outputs, channels] = [side * side, 10, 24] as const
/** Pictures about which the network is asked. */
export const shown = 10
const each = { params: false, state: false, x: true, k: true } as const
const many = {
  score: vmap(shown, { over: each })(score),
  guidedScore: vmap(shown, { over: each })(guidedScore),
  slope: vmap(shown, { over: each })(slope),
  guided: vmap(shown, { over: each })(guided),
  smooth: vmap(shown, { over: { ...each, noise: false } })(smooth),
  cam: vmap(shown, { over: each })(cam),
}
type Trained = Pick<Arrays<typeof score.in>, 'params' | 'state'>
/** The scores of pictures for their classes, and what speaks for each. */
export const explained = (o: RunOptions, of: Arrays<typeof many.score.in>) => {
  const run = compute(o.backend)
  const noise = normal(noiseSize)(foldIn(5)(randomKey(o.seed))).map((z) => 0.2 * z)
  return pipe(
    TE.Do,
    TE.apS('scores', run(many.score, of)),
    TE.apS('guidedScores', run(many.guidedScore, of)),
    TE.apS('slopes', run(many.slope, of)),
    TE.apS('guided', run(many.guided, of)),
    TE.apS('smooth', run(many.smooth, { ...of, noise })),
    TE.apS('still', run(many.smooth, { ...of, noise: noise.map(() => 0) })),
    TE.apS('cams', run(many.cam, of)),
  )
}
const upTo = (n: number): Int32Array => Int32Array.from({ length: n }, (_, k) => k)
/** Pictures that outputs and channels like most, by so many steps from noise, and the scores of those of the outputs. */
export const liked = (o: RunOptions, trained: Trained, steps: number) => {
  const start = (n: number) => normal(n * size)(foldIn(6)(randomKey(o.seed))).map((z) => 0.1 * Math.abs(z))
  const [byOutput, byChannel] = [likedByOutput(steps), likedByChannel(steps)]
  return pipe(
    TE.Do,
    TE.apS(
      'outputs',
      compute(o.backend)(vmap(outputs, { over: each })(byOutput), { ...trained, x: start(outputs), k: upTo(outputs) }),
    ),
    TE.apS(
      'channels',
      compute(o.backend)(vmap(channels, { over: each })(byChannel), {
        ...trained,
        x: start(channels),
        k: upTo(channels),
      }),
    ),
    TE.bind('sure', ({ outputs: x }) => compute(o.backend)(many.score, { ...trained, x, k: upTo(outputs) })),
  )
}
/** How much of a map lies on ink, over the share of the picture that is ink. */
export const onInk = (map: ArrayLike<number>, pixels: ArrayLike<number>): number => {
  const total = (xs: readonly (readonly [boolean, number])[]): number => xs.reduce((a, [, w]) => a + w, 0)
  const all = Array.from(pixels, (v, i) => [v > 0.3, Math.abs(map[i] ?? 0)] as const)
  const ink = all.filter(([is]) => is)
  return total(ink) / total(all) / (ink.length / all.length)
}
