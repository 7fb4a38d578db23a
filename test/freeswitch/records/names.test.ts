import { describe, expect, it } from 'vitest'
import { hashed, nameIn } from '../../../src/freeswitch/records/names.ts'

const hashOf = (name: string) => [...name].reduce((hash, one) => hashed(hash, one.charCodeAt(0)), 0)
const read = (name: string) => nameIn(`<${name}>x</${name}>`, 1, 1 + name.length, hashOf(name))

describe('a name in a record is read as it stands', () => {
  it('also when another one has its place', () => {
    const colliding = ['Aa', 'BB'] // the same hash
    expect(new Set(colliding.map(hashOf)).size).toBe(1)
    for (const name of [...colliding, ...colliding, 'A', 'Aaa', 'Aa']) expect(read(name)).toBe(name)
  })

  it('among more of them than there are places, and however long it is', () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `variable_${index}`).concat('n'.repeat(10_000))
    for (const name of [...names, ...names]) if (read(name) !== name) expect(read(name)).toBe(name)
  })
})
