import { plane } from "/tmp/wt/int/src/draw/index.ts"
import { hasValue } from "/tmp/wt/int/test/docstrings.ts"
plane({ x: [-1, 1], y: [-1, 1], dots: [[0.5, 0.5, 0], [-0.5, 0.5, 1]], title: 'two points' })
void hasValue
export {}
