/** Names of files, from callers who may call them anything. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { plainName } from '../../src/media/file-name.ts'

it.each([
  ['welcome.wav', 'welcome.wav'],
  ['Grüß Gott.WAV', 'Grüß_Gott.wav'],
  ['C:\\Users\\me\\my greeting.ogg', 'my_greeting.wav'],
  ['../../etc/passwd', 'passwd.wav'],
  ['.htaccess', 'htaccess.wav'],
  ['v1.2', 'v1.2.wav'],
  ['a$(system rm)`b`"c".mp3', 'asystem_rmbc.wav'],
  ['\u202egnp.wav', 'gnp.wav'],
  ['', 'recording.wav'],
  ['/', 'recording.wav'],
  ['😀.mp3', 'recording.wav'],
])('%j is kept as %j', (given, kept) => {
  expect(plainName(given, 'wav', 'recording')).toBe(kept)
})

it('a name is plain and never too long', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (given) => {
      const name = plainName(given, 'mp3', 'recording')
      expect([...name].length).toBeLessThanOrEqual(100)
      expect(name).toMatch(/^[\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}_.-]*\.mp3$/u)
      expect(plainName(name, 'mp3', 'recording')).toBe(name)
    }),
  )
})
