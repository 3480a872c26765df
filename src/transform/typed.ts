/**
 * The result of a transformation, under its type. A transformation builds the trees of its inputs and outputs at run time,
 * from those of the program it is given; its type computes the same trees from that program's type. TypeScript cannot see
 * that the two agree; test/types/agreement.test.ts does.
 */
export const typed = <T>(result: unknown): T => result as T
