/** Where the recording of a call is, in all the ways that dialplans say it. */
import { describe, expect, it } from 'vitest'
import { readRecord } from '../../../src/freeswitch/records/record.ts'
import { columnsOf } from '../../../src/modules/cdr/record/columns.ts'
import { xmlRecord } from '../../freeswitch/sample.ts'

const columns = (variables: Record<string, string>) => {
  return columnsOf(readRecord(Buffer.from(xmlRecord(variables))), 'a')
}

describe('the recording', () => {
  const FILE = ['/rec/example.com', 'a b.wav']
  const PLAIN = ['/rec/example.com', 'a.wav']

  it.each<[Record<string, string>, (string | null)[]]>([
    [{ record_path: '/rec/example.com', record_name: 'a b.wav' }, FILE],
    [{ record_path: '/rec/example.com', record_session: 'true' }, ['/rec/example.com', null]],
    [{ record_name: 'a.wav' }, [null, 'a.wav']],
    [{ record_session: 'true', sofia_record_file: '/rec/example.com/a b.wav' }, FILE],
    [{ last_app: 'record_session', last_arg: '/rec/example.com/a b.wav' }, FILE],
    [{ last_app: 'bridge', last_arg: '/rec/example.com/a.wav' }, [null, null]],
    [{ sofia_record_file: '/rec/example.com/a b.wav' }, FILE],
    [{ cc_record_filename: '/rec/example.com/a b.wav' }, FILE],
    [{ cc_record_filename: 'a.wav' }, [null, 'a.wav']],
    [{ api_on_answer: `uuid_record x start /rec/example.com/a.wav` }, PLAIN],
    [{ api_on_answer: `uuid_record x stop /rec/example.com/a.wav` }, [null, null]],
    [{ execute_on_answer: 'record_session /rec/example.com/a.wav' }, PLAIN],
    [{ execute_on_answer: 'record_session::/rec/example.com/a.wav' }, PLAIN],
    [{ current_application_data: "{api_on_answer='uuid_record x start /rec/example.com/a.wav'}user/1@b" }, PLAIN],
    [
      { current_application_data: '[nolocal:execute_on_answer=record_session::/rec/example.com/a.wav,b=1]user/1' },
      PLAIN,
    ],
    [{ current_application_data: '{execute_on_answer=record_session /rec/example.com/a.wav}sofia/x' }, PLAIN],
    [{ record_seconds: '4', record_ms: '4860', record_path: '/x' }, [null, null]],
  ])('%j is %j', (variables, [path, name]) => {
    expect(columns(variables)).toMatchObject({ record_path: path, record_name: name })
  })

  it('is also said by a variable whose name has a colon', () => {
    const variables = { 'nolocal:execute_on_answer': 'record_session /rec/example.com/a.wav' }
    expect(columns(variables)).toMatchObject({ record_path: '/rec/example.com', record_name: 'a.wav' })
  })
})
