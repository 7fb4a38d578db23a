/** Our answers to what DjangoPBX and a server beside a real FreeSWITCH were asked, held against theirs. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../support/app.ts'
import { linesOf, treeOf } from '../../support/xml-tree.ts'
import { addDjangoPbxDialplans, addDjangoPbxRows, addSwitchRows, giveManyOptions } from './sample-rows.ts'
import { type Asked, ofDjangoPbx, ofSwitch } from './samples.ts'

let served: TestApp
beforeAll(async () => {
  served = await testApp()
  await addDjangoPbxRows(served.app)
  await addDjangoPbxDialplans(served.app)
})
afterAll(() => served?.close())

interface Difference {
  readonly why: string
  /** Lines of theirs that ours has not, or of ours that theirs has not. */
  readonly theirs?: RegExp
  readonly ours?: RegExp
  /** The samples that it is about; all when left out. */
  readonly in?: RegExp
}

const FROM_DJANGOPBX: readonly Difference[] = [
  {
    why: 'a switch keeps users only where it is told when one changes: none is configured here',
    theirs: /\/user \d+ cacheable=60000$/,
  },
  {
    why: 'the switch has global variables of these names, and a call that asks for them gets those',
    theirs: /domain \S+\/variables(\/variable (default_language|default_dialect|default_voice|sounds_dir).*)?$/,
  },
  {
    why: 'telephones are found on whichever profile they are, also where the domain is no alias of it',
    theirs: /param dial-string/,
    ours: /param dial-string \S+\{sip_invite_domain=\S+\$\{sofia_contact\(\*\/\d+@\S+\)\}$/,
  },
  {
    why: 'mod_directory knows nobody by a name that it is not told',
    in: /^19-/,
    ours: /variable (effective_caller_id_name|directory_full_name)( |$)/,
  },
  {
    why: 'a context that nobody knows has no entries, and is not found',
    in: /^28-/,
    theirs: /./,
    ours: /result/,
  },
  { why: 'it says nothing', theirs: /section dialplan description=$/ },
]

/** That server told all it had, whatever was asked, and wrote it down by hand. */
const FROM_SWITCH: readonly Difference[] = [
  { why: 'ours has what a user needs, and more', ours: /./ },
  { why: 'ours is the dial string of the user', theirs: /domain \S+\/params\/param dial-string/ },
  {
    why: 'ours are of the user',
    theirs: /domain \S+\/(params|variables)(\/variable (default_language|record_stereo).*)?$/,
  },
  { why: 'an extension is no alias of itself', theirs: /number-alias=/ },
  { why: 'nobody has a network', in: /network-list/, theirs: /(domain|groups?|default|users?|param|variable)/ },
  {
    why: 'members of a group are named, and looked up one by one',
    in: /group_call/,
    theirs: /\/(params|variables)(\/|$)|default\/users|domain \S+\/variables|users\/user/,
  },
]

/** A user that is asked for by its alias is the same user, so that its voicemail and its lamp are one. */
const byExtension = (line: string) => line.replace(/\buser 5003\b/, 'user 1003')

async function answersOf({ path, body, answer }: Asked) {
  const { text, status } = await served.call(null, 'POST', path, body, {
    'content-type': 'application/x-www-form-urlencoded',
  })
  expect(status).toBe(200)
  return { ours: linesOf(treeOf(text)), theirs: linesOf(treeOf(answer)).map(byExtension) }
}

async function differencesOf(asked: Asked, list: readonly Difference[]): Promise<string[]> {
  const { ours, theirs } = await answersOf(asked)
  const known = list.filter((difference) => difference.in?.test(asked.name) ?? true)
  const missing = theirs.filter((line) => !ours.includes(line) && !known.some((one) => one.theirs?.test(line)))
  const added = ours.filter((line) => !theirs.includes(line) && !known.some((one) => one.ours?.test(line)))
  return [...missing.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`)]
}

describe('what DjangoPBX answered', () => {
  const asked = ofDjangoPbx('directory', 'dialplan')
  const [plain, withOptions] = [asked.filter((one) => !optioned(one)), asked.filter(optioned)]

  test.each(plain)('is what we answer: $name', async (one) => {
    expect(await differencesOf(one, FROM_DJANGOPBX)).toEqual([])
  })

  test('is what we answer of an extension with many options', async () => {
    await giveManyOptions(served.app)
    for (const one of withOptions) expect(await differencesOf(one, FROM_DJANGOPBX), one.name).toEqual([])
  })

  test('has the same order as ours, but for the members of groups, which it leaves to chance', async () => {
    for (const one of asked.filter(({ name }) => !name.startsWith('10-'))) {
      const { ours, theirs } = await answersOf(one)
      expect(
        ours.filter((line) => theirs.includes(line)),
        one.name,
      ).toEqual(theirs.filter((line) => ours.includes(line)))
    }
  })
})

describe('what a real FreeSWITCH asked', () => {
  beforeAll(async () => {
    await served.app.prisma.domain.deleteMany()
    await addSwitchRows(served.app)
  })

  test.each([...ofSwitch('directory'), ...ofSwitch('dialplan'), ...ofSwitch('languages')])(
    'is answered with what it was answered: $name',
    async (one) => {
      expect(await differencesOf(one, FROM_SWITCH)).toEqual([])
    },
  )
})

/** Asked when extension 1003 had its options. */
const optioned = ({ name }: Asked) => /^(16|17|18)-/.test(name)
