import { test } from 'vitest'
import * as A from '../../src/index.ts'
import { wasm } from '../../backends/index.ts'
const B:any=A
test('t',async()=>{
  const R=(n:number,s:number)=>Array.from({length:n},(_,i)=>Array.from({length:n},(_,j)=>Math.sin(1+3*i*i+7*j+s*(i+j*j))))
  for(const [n,bk] of [[3,wasm()],[30,wasm()],[64,wasm()]] as any){const p=A.programOrThrow(A.real(n,n),((a:any)=>B.det(a)) as any) as any;const x=R(n,.1).flat();for(const [w,q] of [['f',p],['g',A.gradOrThrow(p)]] as any){let t0=Date.now();const c=(await bk.compile(q)()) as any;const t1=Date.now();let r=await c.right.run(Float32Array.from(x))();const t2=Date.now();r=await c.right.run(Float32Array.from(x))();console.log('T',bk.name,n,w,'compile',t1-t0,'first',t2-t1,'second',Date.now()-t2, r._tag)}}
},60000)
