/** The ways in which compiling or running can fail, as data; `showBackendError` renders them. */
import { counted, type Diagnostics, fault, showDiagnostics } from '../lang/syntax/error.ts'
import { type Shape, showShape } from '../lang/syntax/shape.ts'
import { adviceFor, type BeyondMemory, megabytes, showLargest } from './schedule/beyond.ts'

export type CompileError =
  /** No back end can run the program: it reads an axis that no vmap maps. */
  | { readonly _tag: 'Refused'; readonly diagnostics: Diagnostics }
  /** No back end, or no mode of one, has this name. */
  | { readonly _tag: 'UnknownMode'; readonly mode: string; readonly known: readonly string[] }
  /** The value of an option breaks its rule. */
  | {
      readonly _tag: 'InvalidOption'
      readonly backend: string
      readonly option: string
      readonly found: string
      readonly rule: string
    }
  /** The mode exists, but not on this machine. */
  | { readonly _tag: 'NoDevice'; readonly mode: string; readonly why: string; readonly howTo: string }
  /** An exception while a back end that is here compiled the program. */
  | { readonly _tag: 'CompileFailed'; readonly backend: string; readonly message: string }
  /** The target refused a kernel that we printed. */
  | { readonly _tag: 'KernelFailed'; readonly kernel: string; readonly source: string; readonly message: string }
  | { readonly _tag: 'TooLarge'; readonly what: string; readonly size: number; readonly limit: number }
  | BeyondMemory
  | { readonly _tag: 'Unsupported'; readonly what: string; readonly backend: string; readonly instead: string }

/** `path` names a leaf of the inputs, or of the results: params.0.w. */
export type RunError =
  | { readonly _tag: 'MissingInput'; readonly path: string }
  | { readonly _tag: 'NotData'; readonly path: string; readonly found: string }
  | { readonly _tag: 'WrongLength'; readonly path: string; readonly expected: number; readonly found: number }
  /** Nested arrays of another shape. */
  | { readonly _tag: 'WrongShape'; readonly path: string; readonly expected: Shape; readonly found: Shape }
  /** Nested arrays whose rows differ: the first that is unlike row 0. */
  | { readonly _tag: 'Ragged'; readonly path: string; readonly expected: Shape; readonly found: Shape }
  | {
      readonly _tag: 'WrongElement'
      readonly path: string
      readonly index: number
      readonly found: number
      readonly expected: string
    }
  /** A result beyond the integers that the back end holds: it may have been rounded. */
  | {
      readonly _tag: 'InexactInteger'
      readonly path: string
      readonly index: number
      readonly found: number
      readonly limit: number
    }
  /** A while loop whose test still holds after as many steps as it may take. */
  | { readonly _tag: 'LoopLimit'; readonly loop: string; readonly limit: number }
  | { readonly _tag: 'Released'; readonly backend: string }
  /** `kernel`: where it was lost, if that is known. */
  | { readonly _tag: 'DeviceLost'; readonly backend: string; readonly message: string; readonly kernel?: string }

export type BackendError = CompileError | RunError

/** Three lines: what is wrong, where, what to try. */
export const showBackendError = (e: BackendError): string => {
  switch (e._tag) {
    case 'Refused':
      return showDiagnostics(e.diagnostics)
    case 'UnknownMode':
      return fault(`no mode is called ${e.mode}`, 'compile', `one of ${e.known.join(', ')}`)
    case 'InvalidOption':
      return fault(`the option ${e.option} is ${e.found}`, `compile on ${e.backend}`, e.rule)
    case 'NoDevice':
      return fault(`the mode ${e.mode} is not available: ${e.why}`, 'compile', e.howTo)
    case 'CompileFailed':
      return fault(
        `${e.backend} failed on this program: ${e.message}`,
        'compile',
        'check the sizes in the program; if they are right, report this',
      )
    case 'KernelFailed':
      return fault(`the kernel was refused: ${e.message}`, `${e.kernel}\n${e.source}`, 'another mode, and report this')
    case 'TooLarge':
      return fault(`${e.what} is ${e.size}; the limit is ${e.limit}`, 'compile', 'smaller arrays, or another back end')
    case 'BeyondMemory':
      return fault(
        `the program needs ${megabytes(e.needed)} of memory; the limit is ${megabytes(e.limit)}`,
        `${e.backend}, among others ${showLargest(e)}`,
        adviceFor(e),
      )
    case 'Unsupported':
      return fault(`${e.backend} cannot run ${e.what}`, 'compile', e.instead)
    case 'MissingInput':
      return fault('an input is missing', e.path, 'give the inputs as the tree that the program was written with')
    case 'NotData':
      return fault(
        `${e.found} is not data`,
        e.path,
        'a typed array, an array of numbers, nested arrays, or a number for a scalar',
      )
    case 'WrongLength':
      return fault(`${counted(e.found, 'element')}; expected ${e.expected}`, e.path, 'all elements, in row-major order')
    case 'WrongShape':
      return fault(
        `nested arrays of shape ${showShape(e.found)}; expected ${showShape(e.expected)}`,
        e.path,
        'nest the arrays as deep as the shape has axes, or give all elements in one array, in row-major order',
      )
    case 'Ragged':
      return fault(
        `a ragged array: this row has the shape ${showShape(e.found)}, the first one ${showShape(e.expected)}`,
        e.path,
        'rows of one shape',
      )
    case 'WrongElement':
      return fault(`${e.found} is not ${e.expected}`, `${e.path}, element ${e.index}`, 'correct or convert the data')
    case 'InexactInteger':
      return fault(
        `an integer of ${e.found}, which may have been rounded: this back end is exact below ${e.limit}`,
        `${e.path}, element ${e.index} of the results`,
        'another back end, such as wasm, whose integers have 32 bits',
      )
    case 'LoopLimit':
      return fault(
        `the loop has not ended after ${e.limit} steps, which are its limit`,
        e.loop,
        'a larger limit, or inputs for which its test becomes false',
      )
    case 'Released':
      return fault('the executable has been released', e.backend, 'compile the program again')
    case 'DeviceLost':
      return fault(
        `the device stopped: ${e.message}`,
        e.kernel === undefined ? e.backend : `${e.backend}, in the kernel ${e.kernel}`,
        'compile the program again; if it stops again, in another mode or for one thread',
      )
  }
}
