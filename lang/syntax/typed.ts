/**
 * An implementation that works on trees of any form, or its result, under the type that callers see. A transformation, a
 * layer or a training step takes trees apart at run time and puts trees together again; its type relates the same trees at
 * compile time. TypeScript cannot follow one through the other; test/types/agreement.test.ts checks that they agree.
 */
export const typed = <T>(implementation: unknown): T => implementation as T
