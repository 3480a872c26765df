/**
 * D8. Attention: the lecture's formula, and shifted windows as a mask; a vision transformer that reads digits; a model of
 * tokens that copies and sorts.
 */
import * as formula from './attention/self-attention.ts'
import * as tokens from './attention/tokens.ts'
import * as vit from './attention/vit.ts'

export const parts = { formula, vit, tokens }
export const { programs, run } = formula
