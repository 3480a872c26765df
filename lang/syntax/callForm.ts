/**
 * How a call is written, as data: `operation('sum(axes?)(x)', ...)` has one form, with the parameters in each pair of
 * brackets. `?` marks a parameter that may be left out, `!` one before the last brackets that may be an expression, `*` a
 * body, and three dots a list of arguments. The names in `options{eps axis}` are all that a record of options may have.
 * `: real` is for an operation whose parts would take integers too, but not mean the same. `: program` marks a program, and
 * `: closed` a closed one (ofProgram.ts).
 */

/** One parameter of a call. */
export interface Parameter {
  readonly name: string
  readonly optional: boolean
  /** Whether it may be an expression before the last brackets. */
  readonly early: boolean
  /** Whether it is a body: a function on expressions. */
  readonly body: boolean
  /** The element type that it must have, if the operation has one meaning only. */
  readonly dtype: string | undefined
  /** The names of its options, if it is a record of options. */
  readonly keys: readonly string[] | undefined
}
/** The parts of a call: its name, and the parameters in each pair of brackets. */
export interface Form {
  readonly name: string
  readonly stages: readonly (readonly Parameter[])[]
}
const parameterOf = (written: string): Parameter => {
  const [, name = '', mark = '', keys, dtype] = /^(\w+)([?!*]|\.{3})?(?:\{([\w ]+)\})?(?:: (\w+))?$/.exec(written) ?? []
  return {
    name: mark === '!' || mark === '*' ? name : name + mark,
    optional: mark === '?' || mark === '...',
    early: mark === '!',
    body: mark === '*',
    dtype,
    keys: keys?.split(' '),
  }
}
/** The form of a call as it is written. */
export const formOf = (call: string): Form => ({
  name: call.slice(0, call.indexOf('(')),
  stages: [...call.matchAll(/\(([^()]*)\)/g)].map(([, names = '']) => names.split(', ').map(parameterOf)),
})
/** A form as text, with the parameters that are to be shown. */
export const written = ({ name, stages }: Form, shown: (p: Parameter) => boolean): string =>
  name +
  stages
    .map(
      (parameters) =>
        `(${parameters
          .filter(shown)
          .map((p) => p.name)
          .join(', ')})`,
    )
    .join('')
