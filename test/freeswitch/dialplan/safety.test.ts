// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the switch's variables, not ours
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { expansionReach, hostReach } from '../../../src/freeswitch/dialplan/safety.ts'

/** What must not be for a tenant: each runs something, reads secrets or writes on the host. */
const REFUSED: readonly (readonly [string, string])[] = [
  ['system', 'reboot'],
  [' System ', 'reboot'],
  ['bgsystem', 'id'],
  ['lua', 'x.lua'],
  ['curl', 'http://127.0.0.1/'],
  ['httapi', '{url=http://10.0.0.1/}'],
  ['socket', '127.0.0.1:8084 async'],
  ['set_global', 'recordings_dir=/etc'],
  ['event', 'Event-Name=SHUTDOWN'],
  ['no_such_application', ''],
  ['set', 'execute_on_answer=system reboot'],
  ['set', 'execute_on_answer=system:reboot'],
  ['set', 'execute_on_answer=system::reboot'],
  ['set', ' Execute_On_Answer,lua x'],
  ['set', 'execute_on_answer_2=${a}tem reboot'],
  ['set', 'execute_on_${when}=system reboot'],
  ['export', 'nolocal:api_on_answer=reload mod_x'],
  ['export', 'nolocal:execute_on_answer=system reboot'],
  ['bridge_export', 'api_hangup_hook=system reboot'],
  ['set', 'api_hangup_hook=system reboot'],
  ['set', 'bridge_pre_execute_bleg_app=system'],
  ['set', 'exec_after_bridge_app=system'],
  ['set', 'record_post_process_exec_api=system:reboot'],
  ['set', 'sip_execute_on_image=system reboot'],
  ['set', 'group_confirm_key=exec'],
  ['set', 'valet_parking_orbit_dialplan=inline'],
  ['multiset', 'a=b execute_on_answer=system'],
  ['multiset', '^^:a=b:execute_on_answer=system'],
  ['multiset', "'execute_on_answer=system reboot'"],
  ['set', 'x=${system reboot}'],
  ['set', 'x=${system(reboot)}'],
  ['set', 'x=\\${system reboot}'],
  ['set', 'x=$${system reboot}'],
  ['set', 'x=${regex ${system reboot}|a}'],
  ['log', '${${command} reboot}'],
  ['set', 'piece=$'],
  ['set', 'whole=${piece}{system reboot}'],
  ['log', 'INFO ${user_data 1001@rival.example param password}'],
  ['log', 'INFO ${user_data(1001@rival.example param password) var }'],
  ['transfer', "'system:reboot' inline"],
  ['transfer', 'system:reboot inline'],
  ['transfer', 'answer,system:reboot inline'],
  ['transfer', 'm:^:answer^system:reboot inline'],
  ['transfer', '-bleg system:reboot inline'],
  ['transfer', '${somewhere} inline'],
  ['transfer', '1001 ${dialplan} acme'],
  ['transfer', '1001 LUA x'],
  ['transfer', 'system:reboot\\ XML inline'],
  ['execute_extension', 'system:reboot inline'],
  ['sched_transfer', '+5 system:reboot inline'],
  ['limit', 'hash a b 1 system:reboot inline'],
  ['play_and_get_digits', "1 4 3 5000 # a.wav b.wav digits \\d 5000 'system:reboot inline'"],
  ['limit_execute', 'hash a b 1 system reboot'],
  ['limit_hash_execute', 'a b 1 system reboot'],
  ['tone_detect', 'fax 1100 r +5000 system reboot'],
  ['spandsp_start_fax_detect', 'system reboot 3'],
  ['sched_broadcast', '+5 system::reboot both'],
  ['sched_broadcast', '+5 system!normal_clearing::reboot both'],
  ['bind_meta_app', '1 a s system::reboot'],
  ['bind_meta_app', '${one} system::reboot'],
  ['bind_digit_action', 'local,*1,exec:system,reboot'],
  ['bind_digit_action', 'local,*1,exec[uuid]:lua,x'],
  ['bind_digit_action', 'local,*1,api:system,reboot'],
  ['bind_digit_action', "'a,b',x,exec:system,reboot"],
  ['bind_digit_action', '^^;local;*1;exec:system;reboot'],
  ['bridge', '[execute_on_answer=system reboot]user/1001@acme'],
  ['bridge', "{api_on_answer='system reboot'}user/1001@acme"],
  ['bridge', '<group_confirm_key=exec>user/1001@acme'],
  ['bridge', 'user/1@a,loopback/app=system:reboot'],
  ['bridge', 'loopback/app=${a}:reboot'],
  ['bridge', 'loopback/system:reboot/acme/inline'],
  ['conference_set_auto_outcall', '[execute_on_answer=lua x]user/1@a'],
  ['playback', 'shell_stream://reboot'],
  ['playback', 'http://169.254.169.254/'],
  ['set', 'ringback=http_cache://10.0.0.1/x'],
  ['speak', 'tts_commandline|x|$(reboot)'],
  ['record', '/etc/cron.d/x.wav'],
  ['record', '${recordings_dir}/../../etc/x.wav'],
  ['record_session', '${script_dir}/x.wav'],
  ['record_session', 'shout://source@host/x.mp3'],
  ['rename', '/tmp/a /etc/passwd'],
  ['mkdir', '~/x'],
  ['eavesdrop', 'all'],
  ['log', 'INFO a\nb'],
]

/** What dialplans of tenants are made of. */
const TAKEN: readonly (readonly [string, string])[] = [
  ['answer', ''],
  ['set', 'hangup_after_bridge=true'],
  ['set', 'effective_caller_id_name=${prefix}${caller_id_name}'],
  ['set', 'execute_on_answer=record_session ${recordings_dir}/${domain_name}/${uuid}.wav'],
  ['set', 'sip_execute_on_image=t38_gateway self nocng'],
  ['set', 'sip_h_Alert-Info=<http://www.notused.com>;info=alert-external'],
  ['set', 'x=${regex(${destination_number}|^(\\d+)$|$1)}'],
  ['set', 'called=$1'],
  ['set', 'loopback_bowout_on_execute=true'],
  ['export', 'nolocal:sip_secure_media=true'],
  ['multiset', '^^;a=1;b=2'],
  ['transfer', '1001 XML acme.example'],
  ['transfer', '$1 xml ${context}'],
  ['transfer', '${operator}'],
  ['transfer', '-both 3001 XML ${context}'],
  ['transfer', 'answer,playback:ivr/hello.wav inline'],
  ['execute_extension', 'is_secure XML ${context}'],
  ['bridge', '{sip_invite_domain=a,leg_timeout=20}[leg_delay_start=5]user/1001@${domain_name},sofia/gateway/x/$1'],
  ['bridge', '${sofia_contact(*/1001@${domain_name})}'],
  ['bridge', '${group_call(sales@${domain_name}+A)}'],
  ['bridge', 'loopback/1001/acme.example/xml'],
  ['bridge', "[sip_h_Call-Info='<sip:a>;answer-after=0',sip_h_Alert-Info=http://x]user/1@a"],
  ['bind_digit_action', 'local,*2,exec:record_session,${recordings_dir}/${uuid}.wav,both'],
  ['bind_digit_action', 'local,*3,api:uuid_record,${uuid} stop all,both,self'],
  ['bind_meta_app', '4 ab s execute_extension::att_xfer XML ${context}'],
  ['limit', 'hash ${domain_name} ${destination_number} 5 !USER_BUSY'],
  ['limit_execute', 'hash ${domain_name} out 5 bridge sofia/gateway/x/$1'],
  ['playback', 'tone_stream://%(10000,0,350,440);loops=3'],
  ['playback', 'file_string://a.wav!b.wav'],
  ['play_and_get_digits', '1 4 3 5000 # ivr/a.wav ivr/b.wav digits ^\\d{4}$'],
  ['say', 'en CURRENT_TIME pronounced ${strepoch()}'],
  ['conference', 'room@default+1234+flags{mute}'],
  ['voicemail', 'default ${domain_name} 1001'],
  ['record', '/tmp/${uuid}.wav 30'],
  ['record', '${recordings_dir}/${domain_name}/a.wav'],
  ['hash', 'insert/${domain_name}-last/${caller_id_number}/${destination_number}'],
  ['log', 'INFO ${strftime(%Y-%m-%d)} ${user_data 1001@${domain_name} var toll_allow}'],
  ['sched_broadcast', '+60 ivr/beep.wav both'],
]

describe('what an application reaches', () => {
  it.each(REFUSED)('%s %s is refused', (application, data) => {
    expect(hostReach(application, data)).toMatch(/^[A-Z].*\.$/)
  })

  it.each(TAKEN)('%s %s is taken', (application, data) => {
    expect(hostReach(application, data)).toBeUndefined()
  })

  it('is found in whatever case, with whatever blanks', () => {
    const cased = fc
      .constantFrom(...REFUSED)
      .chain(([application, data]) => fc.tuple(fc.mixedCase(fc.constant(application)), fc.constant(data), fc.nat(3)))
    fc.assert(
      fc.property(cased, ([application, data, blanks]) => {
        expect(hostReach(`${' '.repeat(blanks)}${application}`, data)).toBeDefined()
      }),
    )
  })

  it('is found wherever a command is expanded, however deep', () => {
    const around = fc.array(fc.constantFrom('regex ', 'cond(', 'hash(select/', 'user_data '), { maxLength: 4 })
    fc.assert(
      fc.property(around, fc.string(), fc.constantFrom(' ', '('), (wraps, text, separator) => {
        const inner = wraps.reduce((data, wrap) => `\${${wrap}${data} var x}`, `\${system${separator}reboot}`)
        for (const application of ['set', 'bridge', 'log', 'playback', 'transfer']) {
          expect(hostReach(application, `${text.replace(/[{}]/g, '')}${inner}`)).toBeDefined()
        }
        expect(expansionReach(inner)).toBeDefined()
      }),
    )
  })

  it('is found in applications within applications', () => {
    const wraps: readonly ((application: string) => readonly [string, string])[] = [
      (inner) => ['set', `execute_on_answer=${inner} x`],
      (inner) => ['bind_meta_app', `1 a s ${inner}::x`],
      (inner) => ['bind_digit_action', `local,1,exec:${inner},x`],
      (inner) => ['transfer', `answer,${inner}:x inline`],
      (inner) => ['bridge', `loopback/app=${inner}:x`],
      (inner) => ['limit_hash_execute', `a b 1 ${inner} x`],
    ]
    fc.assert(
      fc.property(fc.constantFrom(...wraps), fc.constantFrom('system', 'LUA', 'curl', 'unknown_one'), (wrap, inner) => {
        expect(hostReach(...wrap(inner))).toBeDefined()
      }),
    )
  })

  it('is found out in no time, however long the text', () => {
    const pieces = [
      'a',
      '(',
      'loopback',
      '${',
      '{',
      '://',
      "'",
      'a=',
      '-',
      ' ',
      'user_data(',
      '${user_data(',
      '..',
      'm:,:',
    ]
    const start = performance.now()
    for (const piece of pieces) {
      const data = piece.repeat(131_072 / piece.length)
      for (const name of ['set', 'bridge', 'transfer', 'multiset', 'record', 'bind_digit_action', 'bind_meta_app']) {
        hostReach(name, data)
        hostReach(name, `${data} inline`)
        hostReach(name, `x=\${user_data ${data}}`)
      }
    }
    expect(performance.now() - start).toBeLessThan(10_000)
  })

  it('is told of any text at all', () => {
    fc.assert(
      fc.property(fc.constantFrom(...REFUSED.map(([name]) => name)), fc.string({ unit: 'binary' }), (name, data) => {
        const sentence = hostReach(name, data)
        expect(sentence === undefined || sentence.length < 400).toBe(true)
      }),
    )
  })
})
