/** All cases, in the order of the dictionary. */
import * as arrays from './arrays.ts'
import type { Case } from './case.ts'
import * as control from './control.ts'
import * as derived from './derived.ts'
import * as discrete from './discrete.ts'
import { casesOfOne, casesOfTwo } from './elementwise.ts'

const all = (lists: { readonly [name: string]: readonly Case[] }): readonly Case[] => Object.values(lists).flat()
export const cases: readonly Case[] = [
  ...casesOfOne,
  ...casesOfTwo,
  ...all(discrete),
  ...all(arrays),
  ...all(control),
  ...all(derived),
]
