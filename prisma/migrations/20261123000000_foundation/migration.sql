-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "extensions" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "domain_id" UUID,
    "extension" VARCHAR(32) NOT NULL,
    "number_alias" VARCHAR(16),
    "password" VARCHAR(32) NOT NULL,
    "accountcode" VARCHAR(32),
    "effective_caller_id_name" VARCHAR(32),
    "effective_caller_id_number" VARCHAR(16),
    "outbound_caller_id_name" VARCHAR(32),
    "outbound_caller_id_number" VARCHAR(16),
    "emergency_caller_id_name" VARCHAR(32),
    "emergency_caller_id_number" VARCHAR(16),
    "directory_first_name" VARCHAR(32),
    "directory_last_name" VARCHAR(32),
    "directory_visible" BOOLEAN NOT NULL DEFAULT true,
    "directory_exten_visible" BOOLEAN NOT NULL DEFAULT true,
    "limit_max" BIGINT DEFAULT 5,
    "limit_destination" VARCHAR(32) DEFAULT 'error/user_busy',
    "missed_call_app" VARCHAR(32) DEFAULT '',
    "missed_call_data" VARCHAR(256),
    "user_context" VARCHAR(128),
    "toll_allow" VARCHAR(32),
    "call_timeout" BIGINT DEFAULT 300,
    "call_group" VARCHAR(32),
    "call_screen_enabled" BOOLEAN NOT NULL DEFAULT false,
    "user_record" VARCHAR(8) DEFAULT '',
    "hold_music" VARCHAR(64),
    "auth_acl" VARCHAR(16),
    "cidr" VARCHAR(128),
    "sip_force_contact" VARCHAR(64) DEFAULT '',
    "nibble_account" SMALLINT,
    "sip_force_expires" BIGINT,
    "mwi_account" VARCHAR(256),
    "sip_bypass_media" VARCHAR(32) DEFAULT '',
    "unique_id" SMALLINT,
    "dial_string" TEXT,
    "dial_user" VARCHAR(32),
    "dial_domain" VARCHAR(128),
    "do_not_disturb" BOOLEAN NOT NULL DEFAULT false,
    "forward_all_destination" VARCHAR(16),
    "forward_all_enabled" BOOLEAN NOT NULL DEFAULT false,
    "forward_busy_destination" VARCHAR(16),
    "forward_busy_enabled" BOOLEAN NOT NULL DEFAULT false,
    "forward_no_answer_destination" VARCHAR(16),
    "forward_no_answer_enabled" BOOLEAN NOT NULL DEFAULT false,
    "forward_user_not_registered_destination" VARCHAR(16),
    "forward_user_not_registered_enabled" BOOLEAN NOT NULL DEFAULT false,
    "follow_me_uuid" UUID,
    "forward_caller_id" VARCHAR(16),
    "follow_me_enabled" BOOLEAN NOT NULL DEFAULT false,
    "follow_me_destinations" TEXT,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "description" VARCHAR(64),
    "absolute_codec_string" VARCHAR(64),
    "force_ping" BOOLEAN NOT NULL DEFAULT false,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "extensions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "extension_users" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "extension_id" UUID,
    "user_uuid" UUID,
    "default_user" BOOLEAN NOT NULL DEFAULT true,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "extension_users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "follow_me_destinations" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "extension_id" UUID,
    "destination" VARCHAR(32) NOT NULL,
    "delay" SMALLINT NOT NULL DEFAULT 0,
    "timeout" SMALLINT NOT NULL DEFAULT 30,
    "prompt" VARCHAR(8) DEFAULT '',
    "sequence" BIGINT DEFAULT 10,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "follow_me_destinations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "gateways" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "domain_id" UUID,
    "gateway" VARCHAR(64) NOT NULL,
    "username" VARCHAR(64),
    "password" VARCHAR(64),
    "distinct_to" VARCHAR(8) DEFAULT '',
    "auth_username" VARCHAR(64),
    "realm" VARCHAR(128),
    "from_user" VARCHAR(64),
    "from_domain" VARCHAR(128),
    "proxy" VARCHAR(128) NOT NULL,
    "register_proxy" VARCHAR(128),
    "outbound_proxy" VARCHAR(128),
    "expire_seconds" INTEGER NOT NULL DEFAULT 1800,
    "register" BOOLEAN NOT NULL DEFAULT false,
    "register_transport" VARCHAR(8) DEFAULT '',
    "retry_seconds" SMALLINT NOT NULL DEFAULT 30,
    "extension" VARCHAR(64) DEFAULT 'auto_to_user',
    "ping" VARCHAR(8),
    "caller_id_in_from" VARCHAR(8) DEFAULT '',
    "supress_cng" VARCHAR(8) DEFAULT '',
    "sip_cid_type" VARCHAR(8),
    "codec_prefs" VARCHAR(64),
    "channels" SMALLINT NOT NULL DEFAULT 0,
    "extension_in_contact" VARCHAR(8) DEFAULT '',
    "context" VARCHAR(128) NOT NULL DEFAULT 'public',
    "profile" VARCHAR(64) NOT NULL DEFAULT 'external',
    "hostname" VARCHAR(128),
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "description" VARCHAR(64),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "gateways_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bridges" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "domain_id" UUID,
    "name" VARCHAR(32) NOT NULL,
    "destination" VARCHAR(256) NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "description" VARCHAR(64),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "bridges_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "user_groups" (
    "user_id" INTEGER NOT NULL,
    "group_id" INTEGER NOT NULL,

    CONSTRAINT "user_groups_pkey" PRIMARY KEY ("user_id","group_id")
);

-- CreateTable
CREATE TABLE "user_passwords" (
    "user_id" INTEGER NOT NULL,
    "hash" VARCHAR(256) NOT NULL,
    "changed" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_passwords_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "tokens" (
    "id" SERIAL NOT NULL,
    "user_id" INTEGER NOT NULL,
    "key_hash" BYTEA NOT NULL,
    "name" VARCHAR(64) NOT NULL DEFAULT '',
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires" TIMESTAMPTZ(6),
    "last_used" TIMESTAMPTZ(6),

    CONSTRAINT "tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "xml_cdrs" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "domain_id" UUID,
    "extension_id" UUID,
    "core_uuid" UUID,
    "call_uuid" UUID,
    "domain_name" VARCHAR(128),
    "accountcode" VARCHAR(32),
    "direction" VARCHAR(16),
    "context" VARCHAR(128),
    "caller_id_name" VARCHAR(32),
    "caller_id_number" VARCHAR(32),
    "caller_destination" VARCHAR(32),
    "source_number" VARCHAR(32),
    "destination_number" VARCHAR(32),
    "start_epoch" BIGINT,
    "start_stamp" TIMESTAMPTZ(6),
    "answer_epoch" BIGINT,
    "answer_stamp" TIMESTAMPTZ(6),
    "end_epoch" BIGINT,
    "end_stamp" TIMESTAMPTZ(6),
    "duration" BIGINT,
    "mduration" BIGINT,
    "billsec" BIGINT,
    "billmsec" BIGINT,
    "bridge_uuid" UUID,
    "read_codec" VARCHAR(16),
    "read_rate" VARCHAR(16),
    "write_codec" VARCHAR(16),
    "write_rate" VARCHAR(16),
    "remote_media_ip" VARCHAR(128),
    "network_addr" VARCHAR(128),
    "record_path" VARCHAR(256),
    "record_name" VARCHAR(64),
    "leg" VARCHAR(8),
    "pdd_ms" BIGINT,
    "rtp_audio_in_mos" DECIMAL(4,2),
    "last_app" VARCHAR(32),
    "last_arg" TEXT,
    "missed_call" BOOLEAN,
    "cc_side" VARCHAR(16),
    "cc_member_uuid" UUID,
    "cc_queue_joined_epoch" BIGINT,
    "cc_queue" UUID,
    "cc_member_session_uuid" UUID,
    "cc_agent_uuid" UUID,
    "cc_agent" UUID,
    "cc_agent_type" VARCHAR(32),
    "cc_agent_bridged" VARCHAR(8),
    "cc_queue_answered_epoch" BIGINT,
    "cc_queue_terminated_epoch" BIGINT,
    "cc_queue_canceled_epoch" BIGINT,
    "cc_cancel_reason" VARCHAR(32),
    "cc_cause" VARCHAR(32),
    "waitsec" BIGINT,
    "conference_name" VARCHAR(256),
    "conference_uuid" UUID,
    "conference_member_id" VARCHAR(8),
    "digits_dialed" VARCHAR(64),
    "pin_number" VARCHAR(16),
    "hangup_cause" VARCHAR(32),
    "hangup_cause_q850" SMALLINT,
    "sip_hangup_disposition" VARCHAR(32),
    "xml" TEXT,
    "json" JSONB,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "xml_cdrs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "call_timeline" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "domain_id" UUID,
    "core_uuid" UUID NOT NULL,
    "hostname" VARCHAR(128),
    "switchame" VARCHAR(128),
    "switch_ipv4" VARCHAR(16),
    "switch_ipv6" VARCHAR(64),
    "call_uuid" UUID,
    "event_name" VARCHAR(64) NOT NULL,
    "event_subclass" VARCHAR(64),
    "event_date_local" VARCHAR(64),
    "event_epoch" BIGINT NOT NULL DEFAULT 0,
    "event_sequence" BIGINT NOT NULL DEFAULT 0,
    "event_calling_file" VARCHAR(64),
    "event_calling_function" VARCHAR(64),
    "direction" VARCHAR(16),
    "other_leg_direction" VARCHAR(16),
    "context" VARCHAR(128),
    "other_leg_context" VARCHAR(128),
    "hit_dialplan" BOOLEAN NOT NULL DEFAULT true,
    "caller_user_name" VARCHAR(32),
    "caller_ani" VARCHAR(32),
    "other_leg_user_name" VARCHAR(32),
    "caller_uuid" UUID,
    "other_leg_caller_uuid" UUID,
    "channel_name" VARCHAR(256),
    "channel_state" VARCHAR(32),
    "channel_call_state" VARCHAR(32),
    "answer_state" VARCHAR(32),
    "bridge_channel" VARCHAR(256),
    "unique_id" UUID,
    "other_leg_unique_id" UUID,
    "caller_id_name" VARCHAR(32),
    "other_leg_caller_id_name" VARCHAR(32),
    "caller_id_number" VARCHAR(32),
    "other_leg_caller_id_number" VARCHAR(32),
    "caller_destination" VARCHAR(32),
    "other_leg_caller_destination" VARCHAR(32),
    "network_addr" VARCHAR(64),
    "other_leg_network_addr" VARCHAR(64),
    "created_time" BIGINT NOT NULL DEFAULT 0,
    "other_leg_created_time" BIGINT NOT NULL DEFAULT 0,
    "answered_time" BIGINT NOT NULL DEFAULT 0,
    "other_leg_answered_time" BIGINT NOT NULL DEFAULT 0,
    "progress_time" BIGINT NOT NULL DEFAULT 0,
    "other_leg_progress_time" BIGINT NOT NULL DEFAULT 0,
    "progress_media_time" BIGINT NOT NULL DEFAULT 0,
    "other_leg_progress_media_time" BIGINT NOT NULL DEFAULT 0,
    "hangup_time" BIGINT NOT NULL DEFAULT 0,
    "other_leg_hangup_time" BIGINT NOT NULL DEFAULT 0,
    "transfer_time" BIGINT NOT NULL DEFAULT 0,
    "other_leg_transfer_time" BIGINT NOT NULL DEFAULT 0,
    "resurrect_time" BIGINT NOT NULL DEFAULT 0,
    "other_leg_resurrect_time" BIGINT NOT NULL DEFAULT 0,
    "bridged_time" BIGINT NOT NULL DEFAULT 0,
    "other_leg_bridged_time" BIGINT NOT NULL DEFAULT 0,
    "last_hold_time" BIGINT NOT NULL DEFAULT 0,
    "other_leg_last_hold_time" BIGINT NOT NULL DEFAULT 0,
    "hold_accu_time" BIGINT NOT NULL DEFAULT 0,
    "other_leg_hold_accu_time" BIGINT NOT NULL DEFAULT 0,
    "application" VARCHAR(32),
    "application_name" VARCHAR(64),
    "application_action" VARCHAR(32),
    "application_uuid" UUID,
    "application_data" VARCHAR(256),
    "application_status" VARCHAR(32),
    "application_file_path" VARCHAR(256),
    "application_seconds" BIGINT,
    "transfer_source" VARCHAR(256),
    "cc_side" VARCHAR(16),
    "cc_queue" UUID,
    "cc_action" VARCHAR(32),
    "cc_count" BIGINT NOT NULL DEFAULT 0,
    "cc_member_joining_time" BIGINT NOT NULL DEFAULT 0,
    "cc_member_leaving_time" BIGINT NOT NULL DEFAULT 0,
    "cc_cause" VARCHAR(32),
    "cc_hangup_cause" VARCHAR(32),
    "cc_cancel_reason" VARCHAR(32),
    "cc_member_uuid" UUID,
    "cc_member_session_uuid" UUID,
    "cc_member_caller_id_name" VARCHAR(32),
    "cc_member_caller_id_number" VARCHAR(32),
    "cc_agent" VARCHAR(128),
    "cc_agent_uuid" UUID,
    "cc_agent_system" VARCHAR(32),
    "cc_agent_type" VARCHAR(32),
    "cc_agent_state" VARCHAR(32),
    "cc_agent_called_time" BIGINT NOT NULL DEFAULT 0,
    "cc_agent_answered_time" BIGINT NOT NULL DEFAULT 0,
    "dtmf_digit" VARCHAR(8),
    "dtmf_duration" INTEGER NOT NULL DEFAULT 0,
    "dtmf_source" VARCHAR(32),
    "cf_name" VARCHAR(256),
    "cf_action" VARCHAR(32),
    "cf_uuid" UUID,
    "cf_domain" VARCHAR(128),
    "cf_size" INTEGER NOT NULL DEFAULT 0,
    "cf_ghosts" INTEGER NOT NULL DEFAULT 0,
    "cf_profile_name" VARCHAR(64),
    "cf_member_type" VARCHAR(32),
    "cf_member_id" VARCHAR(32),
    "general_error" VARCHAR(64),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "call_timeline_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dialplans" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "domain_id" UUID,
    "app_id" UUID,
    "hostname" VARCHAR(128),
    "context" VARCHAR(128),
    "category" VARCHAR(32) DEFAULT 'General',
    "name" VARCHAR(64),
    "number" VARCHAR(128),
    "destination" BOOLEAN NOT NULL DEFAULT false,
    "dp_continue" BOOLEAN NOT NULL DEFAULT false,
    "xml" TEXT,
    "sequence" SMALLINT NOT NULL DEFAULT 200,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "description" VARCHAR(254),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "dialplans_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dialplan_details" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "dialplan_id" UUID NOT NULL,
    "tag" VARCHAR(32) NOT NULL DEFAULT 'condition',
    "type" VARCHAR(128),
    "data" VARCHAR(512),
    "dp_break" VARCHAR(8) DEFAULT '',
    "inline" VARCHAR(8) DEFAULT '',
    "group" BIGINT NOT NULL DEFAULT 0,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "sequence" BIGINT NOT NULL DEFAULT 10,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "dialplan_details_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "recordings" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "domain_id" UUID,
    "filename" VARCHAR(100) NOT NULL,
    "name" VARCHAR(64) NOT NULL,
    "description" VARCHAR(128),
    "filestore" VARCHAR(128) NOT NULL DEFAULT 'local',
    "base64" TEXT,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "recordings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "call_recordings" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "domain_id" UUID,
    "filename" VARCHAR(100) NOT NULL,
    "name" VARCHAR(64) NOT NULL,
    "year" VARCHAR(8) NOT NULL,
    "month" VARCHAR(8) NOT NULL,
    "day" VARCHAR(8) NOT NULL,
    "description" VARCHAR(128),
    "filestore" VARCHAR(128) NOT NULL DEFAULT 'local',
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "call_recordings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "call_centre_queues" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "domain_id" UUID,
    "name" VARCHAR(64),
    "extension" VARCHAR(32) NOT NULL,
    "greeting" VARCHAR(256),
    "strategy" VARCHAR(32) DEFAULT 'longest-idle-agent',
    "moh_sound" VARCHAR(256),
    "record_template" VARCHAR(256),
    "time_base_score" VARCHAR(16) DEFAULT 'system',
    "max_wait_time" SMALLINT NOT NULL DEFAULT 0,
    "max_wait_time_na" SMALLINT NOT NULL DEFAULT 90,
    "max_wait_time_natr" SMALLINT NOT NULL DEFAULT 30,
    "timeout_action" VARCHAR(256),
    "tier_rules_apply" BOOLEAN NOT NULL DEFAULT true,
    "tier_rule_wait_sec" SMALLINT NOT NULL DEFAULT 30,
    "tier_rule_wm_level" BOOLEAN NOT NULL DEFAULT true,
    "tier_rule_nanw" BOOLEAN NOT NULL DEFAULT true,
    "discard_abndnd_after" SMALLINT NOT NULL DEFAULT 900,
    "abndnd_resume_allowed" BOOLEAN NOT NULL DEFAULT true,
    "cid_name_prefix" VARCHAR(32),
    "announce_sound" VARCHAR(256),
    "announce_frequency" SMALLINT,
    "cc_exit_keys" VARCHAR(8),
    "wb_wait_warn_level" SMALLINT NOT NULL DEFAULT 5,
    "wb_wait_crit_level" SMALLINT NOT NULL DEFAULT 20,
    "wb_aban_warn_level" SMALLINT NOT NULL DEFAULT 5,
    "wb_aban_crit_level" SMALLINT NOT NULL DEFAULT 20,
    "wb_show_agents" BOOLEAN NOT NULL DEFAULT true,
    "wb_agents_per_row" SMALLINT NOT NULL DEFAULT 6,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "description" VARCHAR(64),
    "dialplan_id" UUID,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "call_centre_queues_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "call_centre_agents" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "domain_id" UUID,
    "user_uuid" UUID,
    "name" VARCHAR(64),
    "agent_type" VARCHAR(16) DEFAULT 'callback',
    "call_timeout" SMALLINT NOT NULL DEFAULT 20,
    "agent_id" VARCHAR(64),
    "agent_pin" VARCHAR(16) NOT NULL,
    "contact" VARCHAR(256),
    "status" VARCHAR(32) DEFAULT '',
    "data" VARCHAR(64) NOT NULL DEFAULT 'false',
    "no_answer_delay_time" SMALLINT NOT NULL DEFAULT 30,
    "max_no_answer" SMALLINT NOT NULL DEFAULT 0,
    "wrap_up_time" SMALLINT NOT NULL DEFAULT 10,
    "reject_delay_time" SMALLINT NOT NULL DEFAULT 90,
    "busy_delay_time" SMALLINT NOT NULL DEFAULT 90,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "call_centre_agents_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "call_centre_tiers" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "queue_id" UUID NOT NULL,
    "agent_id" UUID NOT NULL,
    "tier_level" SMALLINT NOT NULL DEFAULT 0,
    "tier_position" SMALLINT NOT NULL DEFAULT 0,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "call_centre_tiers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ring_groups" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "domain_id" UUID,
    "name" VARCHAR(64),
    "extension" VARCHAR(32) NOT NULL,
    "greeting" VARCHAR(254),
    "strategy" VARCHAR(16) DEFAULT 'simultaneous',
    "timeout_app" VARCHAR(32) DEFAULT '',
    "timeout_data" VARCHAR(256),
    "call_timeout" SMALLINT NOT NULL DEFAULT 0,
    "caller_id_name" VARCHAR(32),
    "caller_id_number" VARCHAR(16),
    "cid_name_prefix" VARCHAR(32),
    "cid_number_prefix" VARCHAR(16),
    "distinctive_ring" VARCHAR(32),
    "ring_group_ringback" VARCHAR(128),
    "follow_me_enabled" BOOLEAN NOT NULL DEFAULT false,
    "missed_call_app" VARCHAR(32) DEFAULT '',
    "missed_call_data" VARCHAR(256),
    "forward_enabled" BOOLEAN NOT NULL DEFAULT false,
    "forward_destination" VARCHAR(128),
    "forward_toll_allow" VARCHAR(32),
    "context" VARCHAR(128),
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "description" VARCHAR(64),
    "dialplan_id" UUID,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "ring_groups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ring_group_destinations" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "ring_group_id" UUID NOT NULL,
    "number" VARCHAR(128) NOT NULL,
    "delay" SMALLINT NOT NULL DEFAULT 0,
    "timeout" SMALLINT NOT NULL DEFAULT 30,
    "destination_prompt" SMALLINT NOT NULL DEFAULT 0,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "ring_group_destinations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ring_group_users" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "ring_group_id" UUID NOT NULL,
    "user_uuid" UUID,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "ring_group_users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ivr_menus" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "domain_id" UUID,
    "dialplan_id" UUID,
    "name" VARCHAR(64),
    "extension" VARCHAR(32) NOT NULL,
    "language" VARCHAR(32),
    "greet_long" VARCHAR(254),
    "greet_short" VARCHAR(254),
    "invalid_sound" VARCHAR(254) DEFAULT 'ivr/ivr-that_was_an_invalid_entry.wav',
    "exit_sound" VARCHAR(254),
    "confirm_macro" VARCHAR(254),
    "confirm_key" VARCHAR(8),
    "tts_engine" VARCHAR(64) DEFAULT 'flite',
    "tts_voice" VARCHAR(254) DEFAULT 'rms',
    "confirm_attempts" SMALLINT NOT NULL DEFAULT 1,
    "timeout" INTEGER NOT NULL DEFAULT 3000,
    "exit_app" VARCHAR(32),
    "exit_data" VARCHAR(256),
    "inter_digit_timeout" INTEGER NOT NULL DEFAULT 2000,
    "max_failiures" SMALLINT NOT NULL DEFAULT 1,
    "max_timeouts" SMALLINT NOT NULL DEFAULT 1,
    "digit_len" SMALLINT NOT NULL DEFAULT 5,
    "direct_dial" BOOLEAN NOT NULL DEFAULT false,
    "ringback" VARCHAR(128),
    "cid_prefix" VARCHAR(32),
    "context" VARCHAR(128),
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "description" VARCHAR(64),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "ivr_menus_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ivr_menu_options" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "ivr_menu_id" UUID NOT NULL,
    "option_digits" VARCHAR(8) DEFAULT '1',
    "option_action" VARCHAR(64) DEFAULT 'menu-exec-app',
    "option_param" VARCHAR(128) NOT NULL,
    "sequence" SMALLINT NOT NULL DEFAULT 0,
    "description" VARCHAR(64),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "ivr_menu_options_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "groups" (
    "id" SERIAL NOT NULL,
    "name" VARCHAR(150) NOT NULL,

    CONSTRAINT "groups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" SERIAL NOT NULL,
    "last_login" TIMESTAMPTZ(6),
    "is_superuser" BOOLEAN NOT NULL DEFAULT false,
    "username" VARCHAR(150) NOT NULL,
    "first_name" VARCHAR(150) NOT NULL DEFAULT '',
    "last_name" VARCHAR(150) NOT NULL DEFAULT '',
    "email" VARCHAR(254) NOT NULL DEFAULT '',
    "is_staff" BOOLEAN NOT NULL DEFAULT false,
    "is_active" BOOLEAN NOT NULL DEFAULT true,
    "date_joined" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "profiles" (
    "id" SERIAL NOT NULL,
    "user_uuid" UUID NOT NULL DEFAULT gen_random_uuid(),
    "domain_id" UUID,
    "username" VARCHAR(150) NOT NULL,
    "email" VARCHAR(254),
    "status" VARCHAR(32) NOT NULL DEFAULT '',
    "api_key" VARCHAR(254),
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',
    "user_id" INTEGER NOT NULL,

    CONSTRAINT "profiles_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "profile_settings" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" INTEGER NOT NULL,
    "category" VARCHAR(32) NOT NULL,
    "subcategory" VARCHAR(64) NOT NULL,
    "value_type" VARCHAR(32) NOT NULL DEFAULT 'text',
    "value" VARCHAR(254),
    "sequence" BIGINT NOT NULL DEFAULT 10,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "description" VARCHAR(128),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "profile_settings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "domains" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "menu_id" UUID,
    "name" VARCHAR(128) NOT NULL,
    "portal_name" VARCHAR(128) NOT NULL,
    "home_switch" VARCHAR(128) NOT NULL DEFAULT 'switch1',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "description" VARCHAR(128),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "domains_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "domain_settings" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "domain_id" UUID NOT NULL,
    "app_uuid" UUID,
    "category" VARCHAR(32) NOT NULL,
    "subcategory" VARCHAR(64) NOT NULL,
    "value_type" VARCHAR(32) NOT NULL DEFAULT 'text',
    "value" VARCHAR(254),
    "sequence" BIGINT NOT NULL DEFAULT 10,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "description" VARCHAR(128),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "domain_settings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "default_settings" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "app_uuid" UUID,
    "category" VARCHAR(32) NOT NULL,
    "subcategory" VARCHAR(64) NOT NULL,
    "value_type" VARCHAR(32) NOT NULL DEFAULT 'text',
    "value" VARCHAR(254),
    "sequence" BIGINT NOT NULL DEFAULT 10,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "description" VARCHAR(128),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "default_settings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "voicemails" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "extension_id" UUID,
    "password" VARCHAR(16),
    "greeting_id" SMALLINT DEFAULT 1,
    "alternate_greeting_id" SMALLINT,
    "mail_to" VARCHAR(256),
    "sms_to" VARCHAR(32),
    "cc" VARCHAR(64),
    "attach_file" VARCHAR(8) NOT NULL DEFAULT 'true',
    "local_after_email" BOOLEAN NOT NULL DEFAULT true,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "description" VARCHAR(256),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "voicemails_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "voicemail_greetings" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "voicemail_id" UUID,
    "filename" VARCHAR(100) NOT NULL,
    "name" VARCHAR(64) NOT NULL,
    "description" VARCHAR(128),
    "filestore" VARCHAR(128) NOT NULL DEFAULT 'local',
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "voicemail_greetings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "voicemail_messages" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "voicemail_id" UUID,
    "filename" VARCHAR(100) NOT NULL,
    "name" VARCHAR(64) NOT NULL,
    "filestore" VARCHAR(128) NOT NULL DEFAULT 'local',
    "caller_id_name" VARCHAR(32),
    "caller_id_number" VARCHAR(32),
    "duration" BIGINT NOT NULL DEFAULT 0,
    "status" VARCHAR(64) NOT NULL DEFAULT 'new',
    "read" TIMESTAMPTZ(6),
    "transcription" TEXT,
    "base64" TEXT,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "voicemail_messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "voicemail_options" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "voicemail_id" UUID NOT NULL,
    "option_digits" VARCHAR(8) DEFAULT '1',
    "option_action" VARCHAR(64) DEFAULT 'menu-exec-app',
    "option_param" VARCHAR(128) NOT NULL,
    "sequence" SMALLINT NOT NULL DEFAULT 0,
    "description" VARCHAR(64),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "voicemail_options_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "voicemail_destinations" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "voicemail_id" UUID NOT NULL,
    "voicemail_dest" UUID,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "voicemail_destinations_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "extensions_extension_idx" ON "extensions"("extension");

-- CreateIndex
CREATE INDEX "extensions_number_alias_idx" ON "extensions"("number_alias");

-- CreateIndex
CREATE UNIQUE INDEX "extensions_domain_id_extension_key" ON "extensions"("domain_id", "extension");

-- CreateIndex
CREATE UNIQUE INDEX "extensions_domain_id_number_alias_key" ON "extensions"("domain_id", "number_alias");

-- CreateIndex
CREATE INDEX "extension_users_user_uuid_idx" ON "extension_users"("user_uuid");

-- CreateIndex
CREATE INDEX "extension_users_extension_id_default_user_idx" ON "extension_users"("extension_id", "default_user");

-- CreateIndex
CREATE INDEX "follow_me_destinations_extension_id_destination_idx" ON "follow_me_destinations"("extension_id", "destination");

-- CreateIndex
CREATE INDEX "gateways_domain_id_gateway_idx" ON "gateways"("domain_id", "gateway");

-- CreateIndex
CREATE INDEX "bridges_domain_id_name_idx" ON "bridges"("domain_id", "name");

-- CreateIndex
CREATE INDEX "user_groups_group_id_idx" ON "user_groups"("group_id");

-- CreateIndex
CREATE UNIQUE INDEX "tokens_key_hash_key" ON "tokens"("key_hash");

-- CreateIndex
CREATE INDEX "tokens_user_id_idx" ON "tokens"("user_id");

-- CreateIndex
CREATE INDEX "xml_cdrs_extension_id_idx" ON "xml_cdrs"("extension_id");

-- CreateIndex
CREATE INDEX "xml_cdrs_domain_id_extension_id_start_stamp_idx" ON "xml_cdrs"("domain_id", "extension_id", "start_stamp" DESC);

-- CreateIndex
CREATE INDEX "call_timeline_core_uuid_idx" ON "call_timeline"("core_uuid");

-- CreateIndex
CREATE INDEX "call_timeline_call_uuid_idx" ON "call_timeline"("call_uuid");

-- CreateIndex
CREATE INDEX "call_timeline_context_idx" ON "call_timeline"("context");

-- CreateIndex
CREATE INDEX "call_timeline_unique_id_idx" ON "call_timeline"("unique_id");

-- CreateIndex
CREATE INDEX "call_timeline_other_leg_unique_id_idx" ON "call_timeline"("other_leg_unique_id");

-- CreateIndex
CREATE INDEX "call_timeline_caller_id_number_idx" ON "call_timeline"("caller_id_number");

-- CreateIndex
CREATE INDEX "call_timeline_caller_destination_idx" ON "call_timeline"("caller_destination");

-- CreateIndex
CREATE INDEX "call_timeline_event_epoch_event_sequence_domain_id_idx" ON "call_timeline"("event_epoch", "event_sequence", "domain_id");

-- CreateIndex
CREATE INDEX "call_timeline_domain_id_event_epoch_event_sequence_idx" ON "call_timeline"("domain_id", "event_epoch", "event_sequence");

-- CreateIndex
CREATE INDEX "dialplans_hostname_idx" ON "dialplans"("hostname");

-- CreateIndex
CREATE INDEX "dialplans_context_idx" ON "dialplans"("context");

-- CreateIndex
CREATE INDEX "dialplans_category_idx" ON "dialplans"("category");

-- CreateIndex
CREATE INDEX "dialplans_destination_idx" ON "dialplans"("destination");

-- CreateIndex
CREATE INDEX "dialplans_sequence_name_idx" ON "dialplans"("sequence", "name");

-- CreateIndex
CREATE INDEX "dialplans_domain_id_sequence_name_idx" ON "dialplans"("domain_id", "sequence", "name");

-- CreateIndex
CREATE INDEX "dialplan_details_dialplan_id_sequence_idx" ON "dialplan_details"("dialplan_id", "sequence");

-- CreateIndex
CREATE INDEX "recordings_domain_id_name_idx" ON "recordings"("domain_id", "name");

-- CreateIndex
CREATE INDEX "call_recordings_domain_id_name_idx" ON "call_recordings"("domain_id", "name");

-- CreateIndex
CREATE INDEX "call_centre_queues_domain_id_name_extension_idx" ON "call_centre_queues"("domain_id", "name", "extension");

-- CreateIndex
CREATE INDEX "call_centre_agents_user_uuid_idx" ON "call_centre_agents"("user_uuid");

-- CreateIndex
CREATE INDEX "call_centre_agents_domain_id_user_uuid_name_idx" ON "call_centre_agents"("domain_id", "user_uuid", "name");

-- CreateIndex
CREATE UNIQUE INDEX "call_centre_agents_domain_id_agent_id_key" ON "call_centre_agents"("domain_id", "agent_id");

-- CreateIndex
CREATE INDEX "call_centre_tiers_agent_id_idx" ON "call_centre_tiers"("agent_id");

-- CreateIndex
CREATE INDEX "call_centre_tiers_queue_id_agent_id_idx" ON "call_centre_tiers"("queue_id", "agent_id");

-- CreateIndex
CREATE INDEX "ring_groups_context_idx" ON "ring_groups"("context");

-- CreateIndex
CREATE INDEX "ring_groups_domain_id_name_extension_idx" ON "ring_groups"("domain_id", "name", "extension");

-- CreateIndex
CREATE INDEX "ring_group_destinations_ring_group_id_number_idx" ON "ring_group_destinations"("ring_group_id", "number");

-- CreateIndex
CREATE INDEX "ring_group_users_user_uuid_idx" ON "ring_group_users"("user_uuid");

-- CreateIndex
CREATE INDEX "ring_group_users_ring_group_id_user_uuid_idx" ON "ring_group_users"("ring_group_id", "user_uuid");

-- CreateIndex
CREATE INDEX "ivr_menus_context_idx" ON "ivr_menus"("context");

-- CreateIndex
CREATE INDEX "ivr_menus_domain_id_name_extension_idx" ON "ivr_menus"("domain_id", "name", "extension");

-- CreateIndex
CREATE INDEX "ivr_menu_options_ivr_menu_id_sequence_idx" ON "ivr_menu_options"("ivr_menu_id", "sequence");

-- CreateIndex
CREATE UNIQUE INDEX "groups_name_key" ON "groups"("name");

-- CreateIndex
CREATE UNIQUE INDEX "users_username_key" ON "users"("username");

-- CreateIndex
CREATE INDEX "users_date_joined_idx" ON "users"("date_joined");

-- CreateIndex
CREATE UNIQUE INDEX "profiles_user_uuid_key" ON "profiles"("user_uuid");

-- CreateIndex
CREATE UNIQUE INDEX "profiles_username_key" ON "profiles"("username");

-- CreateIndex
CREATE UNIQUE INDEX "profiles_user_id_key" ON "profiles"("user_id");

-- CreateIndex
CREATE INDEX "profiles_domain_id_username_idx" ON "profiles"("domain_id", "username");

-- CreateIndex
CREATE INDEX "profile_settings_category_idx" ON "profile_settings"("category");

-- CreateIndex
CREATE INDEX "profile_settings_subcategory_idx" ON "profile_settings"("subcategory");

-- CreateIndex
CREATE INDEX "profile_settings_value_type_idx" ON "profile_settings"("value_type");

-- CreateIndex
CREATE INDEX "profile_settings_user_id_category_subcategory_idx" ON "profile_settings"("user_id", "category", "subcategory");

-- CreateIndex
CREATE UNIQUE INDEX "domains_name_key" ON "domains"("name");

-- CreateIndex
CREATE UNIQUE INDEX "domains_portal_name_key" ON "domains"("portal_name");

-- CreateIndex
CREATE INDEX "domain_settings_category_idx" ON "domain_settings"("category");

-- CreateIndex
CREATE INDEX "domain_settings_subcategory_idx" ON "domain_settings"("subcategory");

-- CreateIndex
CREATE INDEX "domain_settings_value_type_idx" ON "domain_settings"("value_type");

-- CreateIndex
CREATE INDEX "domain_settings_domain_id_category_subcategory_idx" ON "domain_settings"("domain_id", "category", "subcategory");

-- CreateIndex
CREATE INDEX "default_settings_subcategory_idx" ON "default_settings"("subcategory");

-- CreateIndex
CREATE INDEX "default_settings_value_type_idx" ON "default_settings"("value_type");

-- CreateIndex
CREATE INDEX "default_settings_category_subcategory_idx" ON "default_settings"("category", "subcategory");

-- CreateIndex
CREATE INDEX "voicemails_extension_id_idx" ON "voicemails"("extension_id");

-- CreateIndex
CREATE INDEX "voicemail_greetings_voicemail_id_name_idx" ON "voicemail_greetings"("voicemail_id", "name");

-- CreateIndex
CREATE INDEX "voicemail_messages_voicemail_id_created_idx" ON "voicemail_messages"("voicemail_id", "created");

-- CreateIndex
CREATE INDEX "voicemail_options_voicemail_id_option_digits_idx" ON "voicemail_options"("voicemail_id", "option_digits");

-- CreateIndex
CREATE INDEX "voicemail_destinations_voicemail_id_voicemail_dest_idx" ON "voicemail_destinations"("voicemail_id", "voicemail_dest");

-- AddForeignKey
ALTER TABLE "extensions" ADD CONSTRAINT "extensions_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "extension_users" ADD CONSTRAINT "extension_users_extension_id_fkey" FOREIGN KEY ("extension_id") REFERENCES "extensions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "extension_users" ADD CONSTRAINT "extension_users_user_uuid_fkey" FOREIGN KEY ("user_uuid") REFERENCES "profiles"("user_uuid") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "follow_me_destinations" ADD CONSTRAINT "follow_me_destinations_extension_id_fkey" FOREIGN KEY ("extension_id") REFERENCES "extensions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "gateways" ADD CONSTRAINT "gateways_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "bridges" ADD CONSTRAINT "bridges_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_groups" ADD CONSTRAINT "user_groups_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_groups" ADD CONSTRAINT "user_groups_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "user_passwords" ADD CONSTRAINT "user_passwords_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tokens" ADD CONSTRAINT "tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "xml_cdrs" ADD CONSTRAINT "xml_cdrs_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "xml_cdrs" ADD CONSTRAINT "xml_cdrs_extension_id_fkey" FOREIGN KEY ("extension_id") REFERENCES "extensions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "call_timeline" ADD CONSTRAINT "call_timeline_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dialplans" ADD CONSTRAINT "dialplans_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "dialplan_details" ADD CONSTRAINT "dialplan_details_dialplan_id_fkey" FOREIGN KEY ("dialplan_id") REFERENCES "dialplans"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recordings" ADD CONSTRAINT "recordings_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "call_recordings" ADD CONSTRAINT "call_recordings_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "call_centre_queues" ADD CONSTRAINT "call_centre_queues_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "call_centre_agents" ADD CONSTRAINT "call_centre_agents_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "call_centre_agents" ADD CONSTRAINT "call_centre_agents_user_uuid_fkey" FOREIGN KEY ("user_uuid") REFERENCES "profiles"("user_uuid") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "call_centre_tiers" ADD CONSTRAINT "call_centre_tiers_queue_id_fkey" FOREIGN KEY ("queue_id") REFERENCES "call_centre_queues"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "call_centre_tiers" ADD CONSTRAINT "call_centre_tiers_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "call_centre_agents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ring_groups" ADD CONSTRAINT "ring_groups_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ring_group_destinations" ADD CONSTRAINT "ring_group_destinations_ring_group_id_fkey" FOREIGN KEY ("ring_group_id") REFERENCES "ring_groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ring_group_users" ADD CONSTRAINT "ring_group_users_ring_group_id_fkey" FOREIGN KEY ("ring_group_id") REFERENCES "ring_groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ring_group_users" ADD CONSTRAINT "ring_group_users_user_uuid_fkey" FOREIGN KEY ("user_uuid") REFERENCES "profiles"("user_uuid") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ivr_menus" ADD CONSTRAINT "ivr_menus_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ivr_menu_options" ADD CONSTRAINT "ivr_menu_options_ivr_menu_id_fkey" FOREIGN KEY ("ivr_menu_id") REFERENCES "ivr_menus"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "profiles" ADD CONSTRAINT "profiles_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "profiles" ADD CONSTRAINT "profiles_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "profile_settings" ADD CONSTRAINT "profile_settings_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "profiles"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "domain_settings" ADD CONSTRAINT "domain_settings_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "voicemails" ADD CONSTRAINT "voicemails_extension_id_fkey" FOREIGN KEY ("extension_id") REFERENCES "extensions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "voicemail_greetings" ADD CONSTRAINT "voicemail_greetings_voicemail_id_fkey" FOREIGN KEY ("voicemail_id") REFERENCES "voicemails"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "voicemail_messages" ADD CONSTRAINT "voicemail_messages_voicemail_id_fkey" FOREIGN KEY ("voicemail_id") REFERENCES "voicemails"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "voicemail_options" ADD CONSTRAINT "voicemail_options_voicemail_id_fkey" FOREIGN KEY ("voicemail_id") REFERENCES "voicemails"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "voicemail_destinations" ADD CONSTRAINT "voicemail_destinations_voicemail_id_fkey" FOREIGN KEY ("voicemail_id") REFERENCES "voicemails"("id") ON DELETE CASCADE ON UPDATE CASCADE;


