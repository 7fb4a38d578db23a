-- Switches are told when what they are configured with has changed (see the migration of switch_tasks).

CREATE FUNCTION pbx_profile_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM pbx_tell_switches('profile', OLD.name); END IF;
  IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND OLD.name <> NEW.name) THEN
    PERFORM pbx_tell_switches('profile', NEW.name);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER pbx_switches_told AFTER INSERT OR UPDATE OR DELETE ON sip_profiles FOR EACH ROW
  EXECUTE FUNCTION pbx_profile_told();

-- Those that go with their profile are told of with it.
CREATE FUNCTION pbx_part_of_profile_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pbx_tell_switches('profile', p.name) FROM sip_profiles p WHERE p.id IN (OLD.sip_profile_id, NEW.sip_profile_id);
  RETURN NULL;
END $$;

CREATE TRIGGER pbx_switches_told AFTER INSERT OR UPDATE OR DELETE ON sip_profile_settings FOR EACH ROW
  EXECUTE FUNCTION pbx_part_of_profile_told();
CREATE TRIGGER pbx_switches_told AFTER INSERT OR UPDATE OR DELETE ON sip_profile_domains FOR EACH ROW
  EXECUTE FUNCTION pbx_part_of_profile_told();

-- A variable may stand in any profile: all are read anew.
CREATE TRIGGER pbx_switches_told AFTER INSERT OR UPDATE OR DELETE ON switch_variables FOR EACH STATEMENT
  EXECUTE FUNCTION pbx_domain_told();

CREATE FUNCTION pbx_access_lists_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pbx_tell_switches('access lists');
  RETURN NULL;
END $$;

CREATE TRIGGER pbx_switches_told AFTER INSERT OR UPDATE OR DELETE ON access_controls FOR EACH STATEMENT
  EXECUTE FUNCTION pbx_access_lists_told();
CREATE TRIGGER pbx_switches_told AFTER INSERT OR UPDATE OR DELETE ON access_control_nodes FOR EACH STATEMENT
  EXECUTE FUNCTION pbx_access_lists_told();
