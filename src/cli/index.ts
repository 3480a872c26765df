#!/usr/bin/env node
/** The command line: `adjoint COMMAND`. Each command is a file of this folder. */
import { registerAccuracy } from './accuracy.ts'
import { registerCheck } from './check.ts'
import { commandLine } from './commandLine.ts'
import { registerCost } from './cost.ts'
import { registerExplain } from './explain/index.ts'
import { registerFormula } from './formula.ts'
import { registerList } from './list.ts'
import { registerPlan } from './plan.ts'
import { registerPlay } from './play.ts'
import { registerRun } from './run.ts'
import { registerSelftest } from './selftest/index.ts'
import { registerStart } from './start/index.ts'

await commandLine(
  registerStart,
  registerFormula,
  registerExplain,
  registerCost,
  registerCheck,
  registerAccuracy,
  registerList,
  registerRun,
  registerPlan,
  registerPlay,
  registerSelftest,
)(process.argv.slice(2))
