/**
 * What is wrong with a program, in French; the English texts are the library's. The type of the table lists every problem,
 * so a new one does not compile until it has its French text here.
 */
import type { Diagnostic, Problem } from '../../../src/index.ts'

type Tag = Problem['_tag']
type Of<T extends Tag> = Extract<Problem, { readonly _tag: T }>
interface French<T extends Tag> {
  readonly what: (p: Of<T>) => string
  /** What to try, where there is something. */
  readonly advice?: (p: Of<T>) => string | undefined
}
type Type = Diagnostic['types'][number]
const showShape = (shape: Type['shape']): string => `[${shape.join(', ')}]`
const showType = ({ dtype, shape }: Type): string => dtype + (shape.length === 0 ? '' : showShape(shape))
const some = (n: number, thing: string): string => `${n} ${thing}${n < 2 ? '' : 's'}`
const types = (all: readonly Type[]): string => all.map(showType).join(', ') || 'rien'
const elements = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

const french: { readonly [T in Tag]: French<T> } = {
  ShapeMismatch: {
    what: (p) => `les formes ${p.shapes.map(showShape).join(' et ')} diffèrent`,
    advice: () => 'changez la forme de l’un (reshape) ; les tailles se comparent par la droite, et 1 s’étire',
  },
  ElementType: {
    what: (p) => `éléments de type ${p.found.join(', ')} ; attendu : ${p.expected.join(', ')}`,
    advice: () => 'convertissez avec toReal, toInt ou toBool',
  },
  Arity: { what: (p) => `il faut ${some(p.expected, 'argument')}, non ${p.found}` },
  AxisOutOfRange: {
    what: (p) => `${showShape(p.axes)} ne sont pas des axes distincts d’un tableau de rang ${p.rank}`,
    advice: (p) =>
      p.rank === 0 ? 'un nombre seul n’a pas d’axe' : `les axes vont de 0 à ${p.rank - 1}, ou de -${p.rank} à -1`,
  },
  NotAPermutation: {
    what: (p) => `${showShape(p.perm)} n’est pas une permutation de ${some(p.rank, 'axe')}`,
    advice: (p) => `nommez chacun de 0 à ${p.rank - 1} une fois`,
  },
  SizeMismatch: {
    what: (p) =>
      `${showShape(p.from)} a ${some(elements(p.from), 'élément')}, ${showShape(p.to)} en a ${elements(p.to)}`,
    advice: () => 'une taille de -1 est calculée',
  },
  CannotBroadcast: {
    what: (p) => `${showShape(p.from)} ne s’étire pas en ${showShape(p.to)}`,
    advice: () => 'un axe ne s’étire que de la taille 1',
  },
  NotASide: {
    what: (p) => `la matrice ${showShape(p.system)} n’a pas de second membre de forme ${showShape(p.side)}`,
    advice: () => 'faites-en une colonne\u00a0: unsqueeze(-1)(b)',
  },
  OutsideBox: { what: (p) => `la boîte ${showShape(p.inner)} dépasse de ${showShape(p.outer)}` },
  AxisSizes: {
    what: (p) =>
      `l’axe ${p.axis} est de taille ${p.sizes[0]} dans ${showShape(p.shapes[0])}, mais ${p.sizes[1]} dans ${showShape(p.shapes[1])}`,
    advice: () => 'changez l’ordre des axes ou la forme de l’un, pour que l’axe commun ait une seule taille',
  },
  RankMismatch: { what: (p) => `${showShape(p.shape)} est de rang ${p.shape.length} ; attendu : ${p.expected}` },
  NotSquare: { what: (p) => `${showShape(p.shape)} n’est pas carrée : ${p.shape.at(-1)} n’est pas ${p.shape.at(-2)}` },
  BodyMismatch: { what: (p) => `${p.what} : attendu ${types(p.expected)}, trouvé ${types(p.found)}` },
  InvalidAttribute: {
    what: (p) => (p.rule === 'is missing' ? `l’attribut ${p.attribute} manque` : `${p.attribute} ${p.rule}`),
  },
  NotASize: {
    what: (p) => `${p.what} vaut ${p.found} ; une taille est un entier de 0 à 2147483647`,
    advice: (p) => (p.found === -1 ? 'seul reshape calcule une taille écrite -1' : undefined),
  },
  TooManyElements: { what: (p) => `${showShape(p.shape)} a plus de 2147483647 éléments` },
  NotAnElement: {
    what: (p) => `${p.found} n’est pas ${p.dtype === 'bool' ? '0 ou 1' : 'un entier de -2147483648 à 2147483647'}`,
  },
  EmptyAxis: { what: (p) => `${showShape(p.shape)} n’a aucun élément le long de ${showShape(p.axes)}` },
  InputLength: {
    what: (p) => `l’entrée ${p.name} a ${some(p.expected, 'élément')}, mais ${p.found} sont donnés`,
  },
  UnboundInput: {
    what: (p) => `l’entrée ${p.name} est celle d’un autre programme`,
    advice: () => 'donnez-la en entrée à ce programme',
  },
  UnboundAxis: {
    what: (p) => `l’axe ${p.axis} n’est pas parcouru`,
    advice: (p) => `parcourez-le : vmap(n, { axis: '${p.axis}' })`,
  },
  NotAnExpression: {
    what: (p) => `la sortie ${p.path} est ${p.found}, non une expression`,
    advice: () => 'entourez les nombres de constant ou tensor',
  },
  NotScalar: {
    what: (p) => `un gradient demande un seul nombre réel en sortie, non ${showType(p)}`,
    advice: () => 'réduisez la sortie avec sum ou mean',
  },
  NotLinear: { what: (p) => `pas linéaire en ${p.inputs.join(', ')}${p.term === undefined ? '' : ` : ${p.term}`}` },
  UnusedTangent: {
    what: (p) => `la règle n’utilise pas ${p.inputs.join(', ')} : la dérivée est 0`,
    advice: () => 'renvoyez null si la dérivée est 0 exprès',
  },
  OneWay: {
    what: (p) => `la règle n’est pas linéaire : pas de dérivée ${p.mode === 'forward' ? 'directe' : 'inverse'}`,
  },
  NotReversible: {
    what: () => 'n’a pas de dérivée en mode inverse',
    advice: (p) => `employez ${p.alternative}`,
  },
  MayNotEnd: {
    what: (p) =>
      `est calculé pour chaque exemple, car l’axe ${p.axis} y est lu, et la boucle ${p.loop} peut ne pas finir`,
    advice: (p) => `donnez une limite à ${p.loop}, ou sortez l’un des deux`,
  },
  UnknownPrimitive: {
    what: (p) => `aucune primitive ne s’appelle ${p.name}`,
    advice: (p) => (p.nearest === undefined ? undefined : `vouliez-vous dire ${p.nearest} ?`),
  },
  StatedType: { what: (p) => `type annoncé ${types(p.stated)}, mais la règle donne ${types(p.derived)}` },
  UnknownInput: {
    what: (p) => `aucune entrée réelle ne s’appelle ${p.names.join(', ')}`,
    advice: (p) => (p.known.length === 0 ? 'il n’y a pas d’entrée réelle' : `l’une de ${p.known.join(', ')}`),
  },
  OptionWithoutPart: {
    what: (p) => `${p.option} n’a pas de rôle dans ${p.kind}`,
    advice: (p) => (p.takers.length === 0 ? 'cette option n’existe pas' : `elle sert à ${p.takers.join(', ')}`),
  },
  ZeroDerivative: {
    what: (p) => `la règle donne 0 pour ${p.of.join(', ')}, mais la fonction y a une dérivée`,
    advice: () => 'rendez null si la dérivée est 0 à dessein',
  },
  NotAProgram: {
    what: (p) => `il faut ${p.wanted === 'a program' ? 'un programme' : 'un programme clos'}, non : ${p.found}`,
    advice: () => 'écrivez programOrThrow(types, f)',
  },
  NotAPair: {
    what: () => 'ce n’est pas un programme de (résidus, tangentes)',
    advice: () => 'linéarisez un programme : sa partie linéaire en est un',
  },
  Malformed: { what: (p) => p.what },
}
const rowOf = <T extends Tag>(p: Of<T>): French<T> => french[p._tag]
/** French puts a no-break space before double punctuation marks. */
const typeset = (text: string): string => text.replaceAll(/ ([?!:;])/g, '\u00a0$1')

/** One clause, after the operation and its types: sin(bool) : éléments de type bool ; attendu : real. */
export const frenchDiagnostic = ({ op, types: given, problem }: Diagnostic): string =>
  typeset(`${op}${given.length === 0 ? '' : `(${types(given)})`} : ${rowOf(problem).what(problem)}`)
export const frenchAdvice = (p: Problem): string | undefined => {
  const advice = rowOf(p).advice?.(p)
  return advice === undefined ? undefined : typeset(advice)
}
