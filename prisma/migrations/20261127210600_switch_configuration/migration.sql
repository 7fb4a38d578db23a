-- CreateTable
CREATE TABLE "sip_profiles" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" VARCHAR(64) NOT NULL,
    "hostname" VARCHAR(128),
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "description" VARCHAR(254),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "sip_profiles_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sip_profile_settings" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "sip_profile_id" UUID NOT NULL,
    "name" VARCHAR(64) NOT NULL,
    "value" VARCHAR(254),
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "description" VARCHAR(254),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "sip_profile_settings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sip_profile_domains" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "sip_profile_id" UUID NOT NULL,
    "name" VARCHAR(128) NOT NULL DEFAULT 'all',
    "alias" VARCHAR(8) NOT NULL DEFAULT 'false',
    "parse" VARCHAR(8) NOT NULL DEFAULT 'false',
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "sip_profile_domains_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "access_controls" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" VARCHAR(64) NOT NULL,
    "default" VARCHAR(8) NOT NULL DEFAULT 'deny',
    "description" VARCHAR(254),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "access_controls_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "access_control_nodes" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "access_control_id" UUID NOT NULL,
    "type" VARCHAR(8) NOT NULL DEFAULT 'deny',
    "cidr" VARCHAR(64),
    "domain" VARCHAR(64),
    "description" VARCHAR(254),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "access_control_nodes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "switch_variables" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "category" VARCHAR(64) NOT NULL DEFAULT 'Defaults',
    "name" VARCHAR(64) NOT NULL,
    "value" VARCHAR(254),
    "command" VARCHAR(16) DEFAULT 'set',
    "hostname" VARCHAR(128),
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "sequence" INTEGER NOT NULL DEFAULT 10,
    "description" TEXT,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "switch_variables_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "music_on_hold" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "domain_id" UUID,
    "name" VARCHAR(32) NOT NULL DEFAULT 'default',
    "path" VARCHAR(256) NOT NULL DEFAULT '$${sounds_dir}/music/default/',
    "rate" INTEGER NOT NULL DEFAULT 8000,
    "shuffle" VARCHAR(8) NOT NULL DEFAULT 'true',
    "channels" SMALLINT,
    "interval" SMALLINT,
    "timer_name" VARCHAR(32) NOT NULL DEFAULT 'soft',
    "chime_list" VARCHAR(64),
    "chime_freq" INTEGER,
    "chime_max" INTEGER,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "music_on_hold_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "music_on_hold_files" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "moh_id" UUID NOT NULL,
    "filename" VARCHAR(100) NOT NULL,
    "file_name" VARCHAR(256) NOT NULL,
    "filestore" VARCHAR(128) NOT NULL DEFAULT 'local',
    "size" BIGINT,
    "duration" BIGINT,
    "content_type" VARCHAR(64),
    "digest" VARCHAR(64),
    "stored_as" VARCHAR(200),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "music_on_hold_files_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "conference_profiles" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" VARCHAR(32) NOT NULL DEFAULT 'default',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "description" VARCHAR(254),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "conference_profiles_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "conference_profile_params" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "conf_profile_id" UUID NOT NULL,
    "name" VARCHAR(64) NOT NULL DEFAULT 'new',
    "value" VARCHAR(254),
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "description" VARCHAR(254),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "conference_profile_params_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "conference_controls" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" VARCHAR(32) NOT NULL DEFAULT 'new',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "description" VARCHAR(256),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "conference_controls_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "conference_control_details" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "conf_ctrl_id" UUID NOT NULL,
    "digits" VARCHAR(8) NOT NULL DEFAULT '0',
    "action" VARCHAR(64) NOT NULL DEFAULT 'mute',
    "data" VARCHAR(254),
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "conference_control_details_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "phrases" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "domain_id" UUID,
    "name" VARCHAR(64),
    "language" VARCHAR(8) NOT NULL DEFAULT 'en',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "description" VARCHAR(64),
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "phrases_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "phrase_details" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "phrase_id" UUID NOT NULL,
    "pfunction" VARCHAR(16) NOT NULL DEFAULT 'play-file',
    "data" VARCHAR(254),
    "sequence" INTEGER NOT NULL DEFAULT 0,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "synchronised" TIMESTAMPTZ(6),
    "updated_by" VARCHAR(64) NOT NULL DEFAULT '',

    CONSTRAINT "phrase_details_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "sip_profiles_name_key" ON "sip_profiles"("name");

-- CreateIndex
CREATE INDEX "sip_profile_settings_sip_profile_id_name_idx" ON "sip_profile_settings"("sip_profile_id", "name");

-- CreateIndex
CREATE INDEX "sip_profile_domains_sip_profile_id_name_idx" ON "sip_profile_domains"("sip_profile_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "access_controls_name_key" ON "access_controls"("name");

-- CreateIndex
CREATE INDEX "access_control_nodes_access_control_id_idx" ON "access_control_nodes"("access_control_id");

-- CreateIndex
CREATE INDEX "access_control_nodes_description_idx" ON "access_control_nodes"("description");

-- CreateIndex
CREATE INDEX "switch_variables_category_name_idx" ON "switch_variables"("category", "name");

-- CreateIndex
CREATE INDEX "switch_variables_name_idx" ON "switch_variables"("name");

-- CreateIndex
CREATE INDEX "music_on_hold_domain_id_name_idx" ON "music_on_hold"("domain_id", "name");

-- CreateIndex
CREATE INDEX "music_on_hold_files_moh_id_file_name_idx" ON "music_on_hold_files"("moh_id", "file_name");

-- CreateIndex
CREATE UNIQUE INDEX "conference_profiles_name_key" ON "conference_profiles"("name");

-- CreateIndex
CREATE INDEX "conference_profile_params_conf_profile_id_idx" ON "conference_profile_params"("conf_profile_id");

-- CreateIndex
CREATE UNIQUE INDEX "conference_controls_name_key" ON "conference_controls"("name");

-- CreateIndex
CREATE INDEX "conference_control_details_conf_ctrl_id_idx" ON "conference_control_details"("conf_ctrl_id");

-- CreateIndex
CREATE INDEX "phrases_domain_id_name_idx" ON "phrases"("domain_id", "name");

-- CreateIndex
CREATE INDEX "phrase_details_phrase_id_sequence_idx" ON "phrase_details"("phrase_id", "sequence");

-- AddForeignKey
ALTER TABLE "sip_profile_settings" ADD CONSTRAINT "sip_profile_settings_sip_profile_id_fkey" FOREIGN KEY ("sip_profile_id") REFERENCES "sip_profiles"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sip_profile_domains" ADD CONSTRAINT "sip_profile_domains_sip_profile_id_fkey" FOREIGN KEY ("sip_profile_id") REFERENCES "sip_profiles"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "access_control_nodes" ADD CONSTRAINT "access_control_nodes_access_control_id_fkey" FOREIGN KEY ("access_control_id") REFERENCES "access_controls"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "music_on_hold" ADD CONSTRAINT "music_on_hold_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "music_on_hold_files" ADD CONSTRAINT "music_on_hold_files_moh_id_fkey" FOREIGN KEY ("moh_id") REFERENCES "music_on_hold"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conference_profile_params" ADD CONSTRAINT "conference_profile_params_conf_profile_id_fkey" FOREIGN KEY ("conf_profile_id") REFERENCES "conference_profiles"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conference_control_details" ADD CONSTRAINT "conference_control_details_conf_ctrl_id_fkey" FOREIGN KEY ("conf_ctrl_id") REFERENCES "conference_controls"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "phrases" ADD CONSTRAINT "phrases_domain_id_fkey" FOREIGN KEY ("domain_id") REFERENCES "domains"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "phrase_details" ADD CONSTRAINT "phrase_details_phrase_id_fkey" FOREIGN KEY ("phrase_id") REFERENCES "phrases"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Files outlive their rows for a moment only, whichever way the rows go.
CREATE TRIGGER "pbx_media_deleted" AFTER DELETE ON "music_on_hold_files"
  FOR EACH ROW WHEN (OLD.stored_as IS NOT NULL) EXECUTE FUNCTION "pbx_media_left"();
CREATE TRIGGER "pbx_media_replaced" AFTER UPDATE OF "stored_as" ON "music_on_hold_files"
  FOR EACH ROW WHEN (OLD.stored_as IS DISTINCT FROM NEW.stored_as AND OLD.stored_as IS NOT NULL) EXECUTE FUNCTION "pbx_media_left"();
