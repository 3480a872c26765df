import { curves } from "/tmp/wt/int/src/draw/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
curves({ x: 'step', y: 'loss', logY: true }, [{ name: 'training', points: [[1, 0.9], [2, 0.5], [3, 0.3]] }])
void hasValue
export {}
