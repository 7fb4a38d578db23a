CREATE TABLE "switches" (
    "name" VARCHAR(64) NOT NULL,
    "since" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "switches_pkey" PRIMARY KEY ("name")
);

CREATE TABLE "switch_tasks" (
    "id" BIGSERIAL NOT NULL,
    "switch" VARCHAR(64) NOT NULL,
    "kind" VARCHAR(32) NOT NULL,
    "subject" TEXT[],
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "error" TEXT,
    "created" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "switch_tasks_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "switch_tasks_switch_due_idx" ON "switch_tasks"("switch", "due");

ALTER TABLE "switch_tasks" ADD CONSTRAINT "switch_tasks_switch_fkey" FOREIGN KEY ("switch")
  REFERENCES "switches"("name") ON DELETE CASCADE ON UPDATE CASCADE;

-- What switches remember of a row is told them anew after its commit (src/modules/switch-tasks). Triggers write that
-- down, so that it is done whoever changes the row, and is never done without being changed. Rows are only ever added
-- here: writers of different rows do not wait for each other, and the worker does equal tasks once.
CREATE FUNCTION pbx_tell_switches(kind text, VARIADIC subject text[] DEFAULT '{}') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO switch_tasks (switch, kind, subject) SELECT s.name, $1, $2 FROM switches s;
  IF FOUND THEN PERFORM pg_notify('pbx_switch_tasks', ''); END IF;
END $$;

CREATE FUNCTION pbx_tell_of_extension(extension text, number_alias text, domain_id uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE domain_name text;
BEGIN
  -- A domain that is gone is told of as a whole.
  SELECT d.name INTO domain_name FROM domains d WHERE d.id = $3;
  IF domain_name IS NULL THEN RETURN; END IF;
  PERFORM pbx_tell_switches('user', $1, domain_name);
  IF $2 <> '' THEN PERFORM pbx_tell_switches('user', $2, domain_name); END IF;
END $$;

-- A switch remembers the users that it has found, so a new one is nothing to forget; its network is.
CREATE FUNCTION pbx_extension_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM pbx_tell_of_extension(OLD.extension, OLD.number_alias, OLD.domain_id); END IF;
  IF (TG_OP = 'INSERT' AND NEW.cidr <> '') OR (TG_OP = 'DELETE' AND OLD.cidr <> '')
    OR (TG_OP = 'UPDATE' AND (OLD.cidr, OLD.enabled, OLD.domain_id) IS DISTINCT FROM (NEW.cidr, NEW.enabled, NEW.domain_id)
      AND (OLD.cidr <> '' OR NEW.cidr <> ''))
  THEN PERFORM pbx_tell_switches('access lists'); END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER pbx_switches_told AFTER INSERT OR UPDATE OR DELETE ON extensions FOR EACH ROW
  EXECUTE FUNCTION pbx_extension_told();

-- A user's entry holds its voicemail box, and where it is followed. What is not there of OLD and NEW is null.
CREATE FUNCTION pbx_part_of_extension_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pbx_tell_of_extension(e.extension, e.number_alias, e.domain_id) FROM extensions e
    WHERE e.id IN (OLD.extension_id, NEW.extension_id);
  RETURN NULL;
END $$;

CREATE TRIGGER pbx_switches_told AFTER UPDATE OR DELETE ON voicemails FOR EACH ROW
  EXECUTE FUNCTION pbx_part_of_extension_told();
CREATE TRIGGER pbx_switches_told AFTER INSERT OR UPDATE OR DELETE ON follow_me_destinations FOR EACH ROW
  EXECUTE FUNCTION pbx_part_of_extension_told();

-- Boxes are made with their extensions, many at once: those are no news. A box that comes later is.
CREATE FUNCTION pbx_voicemails_made_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pbx_tell_of_extension(e.extension, e.number_alias, e.domain_id)
    FROM made m JOIN extensions e ON e.id = m.extension_id WHERE e.created < now();
  RETURN NULL;
END $$;

CREATE TRIGGER pbx_switches_told_made AFTER INSERT ON voicemails REFERENCING NEW TABLE AS made FOR EACH STATEMENT
  EXECUTE FUNCTION pbx_voicemails_made_told();

-- A switch knows the tenants by their names, as aliases of its profiles.
CREATE FUNCTION pbx_domain_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pbx_tell_switches('domains');
  RETURN NULL;
END $$;

CREATE TRIGGER pbx_switches_told AFTER INSERT OR DELETE ON domains FOR EACH ROW EXECUTE FUNCTION pbx_domain_told();
CREATE TRIGGER pbx_switches_told_changed AFTER UPDATE ON domains FOR EACH ROW
  WHEN ((OLD.name, OLD.enabled) IS DISTINCT FROM (NEW.name, NEW.enabled)) EXECUTE FUNCTION pbx_domain_told();

CREATE FUNCTION pbx_gateway_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM pbx_tell_switches('gateway', OLD.profile, OLD.id::text); END IF;
  IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND OLD.profile <> NEW.profile) THEN
    PERFORM pbx_tell_switches('gateway', NEW.profile, NEW.id::text);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER pbx_switches_told AFTER INSERT OR UPDATE OR DELETE ON gateways FOR EACH ROW EXECUTE FUNCTION pbx_gateway_told();

CREATE FUNCTION pbx_call_centre_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pbx_tell_switches(TG_ARGV[0], coalesce(NEW.id, OLD.id)::text);
  RETURN NULL;
END $$;

CREATE TRIGGER pbx_switches_told AFTER INSERT OR UPDATE OR DELETE ON call_centre_queues FOR EACH ROW
  EXECUTE FUNCTION pbx_call_centre_told('queue');
CREATE TRIGGER pbx_switches_told AFTER INSERT OR UPDATE OR DELETE ON call_centre_agents FOR EACH ROW
  EXECUTE FUNCTION pbx_call_centre_told('agent');

CREATE FUNCTION pbx_tier_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM pbx_tell_switches('tier', OLD.queue_id::text, OLD.agent_id::text); END IF;
  IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND (OLD.queue_id, OLD.agent_id) IS DISTINCT FROM (NEW.queue_id, NEW.agent_id)) THEN
    PERFORM pbx_tell_switches('tier', NEW.queue_id::text, NEW.agent_id::text);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER pbx_switches_told AFTER INSERT OR UPDATE OR DELETE ON call_centre_tiers FOR EACH ROW EXECUTE FUNCTION pbx_tier_told();
