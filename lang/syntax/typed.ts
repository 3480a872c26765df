/**
 * Gives an implementation that works on trees of any form, or its result, the type that callers see. A transformation,
 * a layer or a training step takes trees apart and builds trees at run time; its type relates the same trees at compile
 * time. TypeScript cannot derive the one from the other; test/types/agreement.test.ts checks that they agree.
 */
export const typed = <T>(implementation: unknown): T => implementation as T
