/**
 * Do the tests fail when they should? Plants one fault at a time into a copy of the tree and runs the tests that should
 * see it: node test/mutate.mjs [part of a file's name or of a fault ...]
 *
 * A fault is a place in the source, the right text, and a wrong one. It is found when a test fails. Faults that change no
 * result, only the work done (a cotangent kept for an integer), are not listed: no law can see them.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const dictionary = ['test/lang/dictionary.test.ts', 'test/lang/meaning.test.ts', 'test/src/transform/random.test.ts']
const control = ['test/src/transform/control.test.ts', ...dictionary]
const kernels = ['test/lang/kernel.test.ts', ...dictionary]
const closing = [
  ...['closed', 'plain', 'tree', 'error'].map((f) => `test/lang/${f}.test.ts`),
  'test/src/transform/random.test.ts',
]
const modes = [
  'test/src/transform/jvp.test.ts',
  'test/src/transform/grad.test.ts',
  'test/src/transform/linearize.test.ts',
  ...control,
]
const rewrites = ['test/src/transform/simplify.test.ts', 'test/src/transform/random.test.ts']

const elementwise = 'lang/primitives/elementwise.ts'
/** File, right text, wrong text, tests. */
const faults = [
  [elementwise, '(x) => scale(cos(x))', '(x) => scale(sin(x))', dictionary],
  [elementwise, 'pull: (ct) => neg(ct) }', 'pull: (ct) => ct }', dictionary],
  [elementwise, '(x) => scale(sign(x))', '() => same', dictionary],
  [elementwise, 'scale(mul(-0.5, mul(y, mul(y, y))))', 'scale(mul(-0.5, mul(y, y)))', dictionary],
  [elementwise, '[over(y), scale(neg(div(z, y)))]', '[over(y), scale(div(z, y))]', dictionary],
  [elementwise, 'scale(neg(truncate(div(x, y))))', 'scale(neg(floor(mul(x, y))))', dictionary],
  [elementwise, '[scale(share(y, x)), scale(share(x, y))]', '[scale(share(x, y)), scale(share(y, x))]', dictionary],
  [elementwise, '[null, where(c), unless(c)]', '[null, where(c), where(c)]', dictionary],
  [elementwise, 'mul(n, integerPow(n - 1)(x))', 'mul(n - 1, integerPow(n - 1)(x))', dictionary],
  [elementwise, 'identity: { left: -0, right: -0 }', 'identity: { left: 0, right: 0 }', rewrites],
  ['lang/primitives/broadcast.ts', 'pull: sum(otherAxes(dims, shape.length))', 'pull: sum(dims)', dictionary],
  ['lang/primitives/broadcast.ts', 'axes: axes.map((a) => a + 1)', 'axes', dictionary],
  ['lang/primitives/reindex.ts', 'pull: permute(inverse(perm))', 'pull: permute(perm)', dictionary],
  ['lang/primitives/reindex.ts', '[0, ...perm.map((p) => p + 1)]', '[...perm.map((p) => p), perm.length]', dictionary],
  ['lang/primitives/window.ts', 'inside(p, w.count)', 'inside(p, w.count + 1)', dictionary],
  ['lang/primitives/window.ts', 'divides(w.stride, from)', 'divides(1, from)', dictionary],
  ['lang/primitives/window.ts', 'stride: [1, ...b.stride]', 'stride: [2, ...b.stride]', dictionary],
  ['lang/primitives/concat.ts', 'from[k + 1]', 'from[k]', dictionary],
  ['lang/primitives/contraction.ts', 'cy: t.co, co: t.cy', 'cy: t.cy, co: t.co', dictionary],
  ['lang/primitives/contraction.ts', 'm.cf > 0 ? -1 : 1', 'm.cf > 0 ? 1 : -1', dictionary],
  [
    'lang/primitives/contraction.ts',
    'inverse(cl, Math.abs(cf)) === undefined ? 1 : Math.abs(cf)',
    'Math.abs(cf)',
    dictionary,
  ],
  ['lang/primitives/contraction.ts', '-(inverse(m.cl, by) as number)', '(inverse(m.cl, by) as number)', dictionary],
  ['lang/primitives/indexing.ts', 'gatherRows(batch + 1)', 'gatherRows(batch)', dictionary],
  ['lang/primitives/indexing.ts', '({ batch: batch + 1, size })', '({ batch, size })', dictionary],
  ['lang/primitives/indexing.ts', "fn('eq', row, i[b] as Scalar)", "fn('le', row, i[b] as Scalar)", dictionary],
  ['lang/primitives/reduction.ts', 'div(hit, spread(sum(axes)(hit)))', 'hit', dictionary],
  ['lang/primitives/reduction.ts', 'reverse: !a.reverse', 'reverse: a.reverse', dictionary],
  ['lang/primitives/reduction.ts', 'by * 2', 'by * 3', dictionary],
  ['lang/primitives/scan.ts', 'reverse: !a.reverse', 'reverse: a.reverse', control],
  ['lang/primitives/scan.ts', 'add(k[i] as Expr, e)', 'e', control],
  ['lang/primitives/scan.ts', 'return x ? add(e, x) : e', 'return e', control],
  ['lang/primitives/scan.ts', '(i < a.carries ? e : swap(e))', 'e', control],
  ['lang/primitives/scan.ts', 'm || (args[i] as boolean)', '(args[i] as boolean)', control],
  [
    'lang/primitives/structuralZeros.ts',
    'm ? xs[next++] : undefined',
    'xs[next++]',
    ['test/lang/primitives/structuralZeros.test.ts'],
  ],
  ['lang/primitives/bodies.ts', 'pushed.some((p) => p.active[i])', 'pushed.every((p) => p.active[i])', control],
  ['lang/primitives/cond.ts', 'select(broadcast(shapeOf(x), [0])(p as Expr), x, b[k] as Expr)', 'x', control],
  ['lang/evaluate.ts', 'm.reverse ? m.length - 1 - step : step', 'step', control],
  ['lang/kernel/functions.ts', '(gap === 0.5 && down % 2 === 0)', 'gap === 0.5', kernels],
  ['lang/kernel/functions.ts', 'mul: Math.imul,', '', kernels],
  ['lang/kernel/indexing.ts', 'a.range && a.range[0] >= 0 && a.range[1] < by', 'a.range && a.range[1] < by', kernels],
  ['lang/kernel/indexing.ts', 'i.range && i.range[1] < size ? []', 'i.range && i.range[1] <= size ? []', kernels],
  ['lang/kernel/erf.ts', '1712.04761263407058', '1712.04761273407058', kernels],
  ['lang/kernel/evaluate.ts', 'if (i < 0 || i >= (shape[d] as number)) return Number.NaN', '', kernels],
  ['lang/syntax/plain.ts', "Object.is(v, -0) ? '-0' : String(v)", 'String(v)', closing],
  ['lang/syntax/closed.ts', 'id.set(e, seen ?? next)', 'id.set(e, next)', closing],
  [
    'lang/syntax/site.ts',
    'frames.find((f) => !isInstalled(f)) ?? frames[0]',
    'frames[0]',
    ['test/lang/syntax/site.test.ts'],
  ],
  ['lang/primitives/entry.ts', 'poison(args, silent ? [] : [found()])', 'poison(args, [found()])', closing],
  ['lang/syntax/tree.ts', "t.dtype === 'real' ? t : undefined", 't', modes],
  ['src/transform/linear.ts', '(x && y ? add(x, y) : (x ?? y))', '(x ?? y)', modes],
  ['src/transform/linear.ts', 'if (live[o]) c[o] = plus(c[o], outputs[i])', 'if (live[o]) c[o] = outputs[i]', modes],
  ['src/transform/linear.ts', 'refused === undefined ? mapAt', 'true ? mapAt', ['test/src/regressions.test.ts']],
  ['src/transform/linearize.ts', 'k >= n && isReal(i.type)', 'isReal(i.type)', modes],
  ['src/transform/vmap.ts', 'batched[i] ? x : repeat(rec.size, x)', 'x', dictionary],
  [
    'src/transform/jacobian.ts',
    '[...axesOf(rest).map((d) => d + r), ...axesOf(r)]',
    'axesOf(rest + r)',
    ['test/src/transform/jacobian.test.ts'],
  ],
  ['src/transform/simplify/fuseScans.ts', 'a.reverse === b.reverse', 'true', rewrites],
  [
    'src/transform/simplify/fuseScans.ts',
    '(k < ys ? outA[A.carries + k] : ca[k - ys])',
    'outA[A.carries + (k % ys)]',
    rewrites,
  ],
]

const wanted = process.argv.slice(2)
const chosen = faults.filter(
  ([file, right]) => wanted.length === 0 || wanted.some((w) => file.includes(w) || right.includes(w)),
)
const copy = mkdtempSync(join(tmpdir(), 'adjoint-mutate-'))
for (const folder of ['lang', 'src', 'backends', 'test', 'examples'])
  if (existsSync(join(root, folder))) cpSync(join(root, folder), join(copy, folder), { recursive: true })
for (const file of ['package.json', 'tsconfig.json', 'vitest.config.ts']) cpSync(join(root, file), join(copy, file))
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
process.on('exit', () => rmSync(copy, { recursive: true, force: true }))
process.on('SIGINT', () => process.exit(130))

const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
/** How a run of these tests ends: found, or not. */
const outcome = (tests) => {
  const there = tests.filter((t) => existsSync(join(copy, t)))
  const { status, stdout } = spawnSync(process.execPath, [vitest, 'run', '--bail', '3', '--no-color', ...there], {
    cwd: copy,
    encoding: 'utf8',
    timeout: 300_000,
  })
  const failed = stdout.match(/^\s*Tests\s+(.*)$/m)?.[1] ?? 'did not load'
  return status === 0 ? undefined : failed
}

const clean = outcome([...new Set(chosen.flatMap(([, , , tests]) => tests))])
if (clean !== undefined) {
  console.error(`the tests fail without any fault: ${clean}`)
  process.exit(2)
}
let missed = 0
for (const [file, right, wrong, tests] of chosen) {
  const path = join(copy, file)
  const text = readFileSync(path, 'utf8')
  const label = `${file}: ${right.slice(0, 60)} -> ${wrong.slice(0, 40) || 'nothing'}`
  if (!text.includes(right)) {
    console.log(`absent     ${label}`)
    missed += 1
    continue
  }
  writeFileSync(
    path,
    text.replace(right, () => wrong),
  )
  const found = outcome(tests)
  writeFileSync(path, text)
  console.log(
    `${found === undefined ? 'NOT FOUND ' : 'found     '} ${label}${found === undefined ? '' : `   (${found})`}`,
  )
  if (found === undefined) missed += 1
}
console.log(`${chosen.length - missed} of ${chosen.length} faults found`)
process.exitCode = missed === 0 ? 0 : 1
