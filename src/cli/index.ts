#!/usr/bin/env node
/** The command line: `adjoint COMMAND`. Each command is a file of this folder. */
import { Command } from 'commander'
import { registerCheck } from './check.ts'
import { registerCost } from './cost.ts'
import { registerExplain } from './explain.ts'
import { registerFormula } from './formula.ts'
import { registerList } from './list.ts'
import { registerPlan } from './plan.ts'
import { registerPlay } from './play.ts'
import { registerRun } from './run.ts'
import { registerSelftest } from './selftest/index.ts'
import { registerStart } from './start/index.ts'
import { version } from './version.ts'

const adjoint = new Command('adjoint')
  .description('A typed, immutable, purely functional language for differentiable programs.')
  .version(version)
registerStart(adjoint)
registerFormula(adjoint)
registerExplain(adjoint)
registerCost(adjoint)
registerCheck(adjoint)
registerList(adjoint)
registerRun(adjoint)
registerPlan(adjoint)
registerPlay(adjoint)
registerSelftest(adjoint)
await adjoint.parseAsync()
