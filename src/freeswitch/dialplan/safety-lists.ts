/**
 * What of FreeSWITCH a dialplan may use that is not written by an administrator of the whole system. Lists of what is
 * allowed, since a switch can load modules that nobody here has heard of.
 */

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** Applications that run programs, scripts or commands, and what to say of them. */
export const RUNNERS: Readonly<Record<string, string>> = {
  ...named('runs programs on the host', 'system bgsystem bg_system spawn spawn_stream exec shell'),
  ...named(
    'runs scripts on the host',
    'lua luarun python python3 pyrun perl perlrun javascript js jsrun jsapi v8 java javarun managed managedrun mono ' +
      'native ruby v8run yaml',
  ),
  ...named('gives the call to another program', 'socket erlang erlang_sendmsg rayo unicall agi ivrd event_socket'),
  ...named(
    'makes requests from the host',
    'curl curl_sendfile httapi http_get http_put http_post http_clear_cache memcache redis mongo amqp soap xml_curl',
  ),
  ...named('runs commands of the switch', 'api bgapi sched_api sched_bgapi uuid_broadcast expand'),
  ...named('changes variables of the whole switch', 'set_global'),
  ...named('could be taken for an event of the switch itself', 'event'),
}

/** Applications that do nothing but to the call, whatever their data; what stands within it is looked at besides. */
export const HARMLESS = words(`
  acknowledge_call amd answer att_xfer avmd_start avmd_stop blind_transfer_ack block_dtmf break bridge callcenter
  callcenter_track check_acl cidlookup clear_digit_action clear_speech_cache cng_plc conference
  conference_set_auto_outcall db deduplicate_dtmf deflect delay_echo detect_speech digit_action_set_realm directory
  displace_session early_hangup echo eavesdrop enable_heartbeat enable_keepalive endless_playback enum eval fax_detect
  fifo fifo_track_call flush_dtmf gentones group hangup hash hold info intercept ivr jitterbuffer limit limit_hash log
  loop_playback media_reset multiunset mutex novideo park park_state phrase pickup play_and_detect_speech
  play_and_get_digits play_fsv playback pre_answer preprocess presence privacy queue_dtmf read recovery_refresh redirect
  remove_bugs respond ring_ready say sched_cancel sched_hangup sched_heartbeat send_display send_dtmf send_info
  session_loglevel set_audio_level set_media_stats set_mute set_name set_user set_zombie_exec sleep soft_hold sofia_sla
  sound_test spandsp_start_dtmf spandsp_start_tone_detect spandsp_stop_dtmf spandsp_stop_fax_detect
  spandsp_stop_inject_tdd spandsp_stop_tone_detect spandsp_inject_tdd speak start_dtmf start_dtmf_generate stop
  stop_displace_session stop_dtmf stop_dtmf_generate stop_record_session stop_tone_detect strftime t38_gateway three_way
  txfax unbind_meta_app unblock_dtmf unhold unset userspy valet_park verbose_events video_decode video_refresh vmd
  voicemail wait_for_answer wait_for_silence wait_for_video_ready waitforresult soundtouch
`)

/** Applications whose data is `name=value` of a variable. */
export const SETTERS = words('set export bridge_export push unshift set_profile_var multiset')

/** Applications whose data is a path they write to. */
export const WRITERS = words(`
  record record_fsv record_session record_session_mask record_session_unmask record_session_pause record_session_resume
  rxfax mkdir rename`)

/** Applications whose data is an extension and, perhaps, the dialplan and the context it is looked for in. */
export const TRANSFERS = words('transfer execute_extension sched_transfer')

/** Commands that may stand in `${command arguments}`: they compute, or look something up. */
export const HARMLESS_COMMANDS = words(`
  acl cidlookup cond create_uuid db domain_data domain_exists enum enum_auto expr fifo_member group_call hash in_group
  is_lan_addr limit_hash_usage limit_usage md5 module_exists regex replace say_string sofia_contact sofia_count_reg
  sofia_presence_data sofia_username_of strepoch strftime strftime_tz strmicroepoch time_test timestamp tolower toupper
  url_encode user_data user_exists uuid_exists valet_info vm_boxcount
`)

/** Commands that keys may be bound to beside those: they do something to the call they are pressed in. */
export const CALL_COMMANDS = words(`
  uuid_record uuid_hold uuid_break uuid_display uuid_flush_dtmf uuid_kill uuid_park uuid_phone_event uuid_send_dtmf
  uuid_transfer`)

/** Directories of the switch that calls may write into. */
export const WRITABLE = words('recordings_dir voicemail_dir storage_dir fax_dir temp_dir')

/** Where sounds may come from: made by the switch itself, or files of it. */
export const SOUND_SCHEMES = words('tone_stream silence_stream local_stream file_string')

function named(what: string, applications: string): Record<string, string> {
  return Object.fromEntries(applications.split(' ').map((name) => [name, what]))
}
