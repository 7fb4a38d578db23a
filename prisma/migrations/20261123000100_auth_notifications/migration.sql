-- Servers keep who a token is in memory (src/auth/callers.ts). Every change that can alter that is announced on the
-- channel pbx_auth: the user's id, or '' for everybody. Triggers do it, so that psql and other programs count too.
-- PostgreSQL sends equal notifications of one transaction once, and only after its commit.

CREATE FUNCTION pbx_auth_notify_by_id() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('pbx_auth', OLD.id::text);
  RETURN NULL;
END $$;

CREATE FUNCTION pbx_auth_notify_by_user_id() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM pg_notify('pbx_auth', OLD.user_id::text); END IF;
  IF TG_OP <> 'DELETE' THEN PERFORM pg_notify('pbx_auth', NEW.user_id::text); END IF;
  RETURN NULL;
END $$;

CREATE FUNCTION pbx_auth_notify_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('pbx_auth', '');
  RETURN NULL;
END $$;

-- The conditions keep frequent writes (last_login, presence, last_used) from calling a function at all.

CREATE TRIGGER pbx_auth_updated AFTER UPDATE OF id, username, is_active, is_superuser ON users FOR EACH ROW
  WHEN ((OLD.id, OLD.username, OLD.is_active, OLD.is_superuser)
    IS DISTINCT FROM (NEW.id, NEW.username, NEW.is_active, NEW.is_superuser))
  EXECUTE FUNCTION pbx_auth_notify_by_id();
CREATE TRIGGER pbx_auth_deleted AFTER DELETE ON users FOR EACH ROW EXECUTE FUNCTION pbx_auth_notify_by_id();

CREATE TRIGGER pbx_auth_changed AFTER INSERT OR UPDATE OR DELETE ON user_groups FOR EACH ROW
  EXECUTE FUNCTION pbx_auth_notify_by_user_id();

CREATE TRIGGER pbx_auth_inserted_deleted AFTER INSERT OR DELETE ON profiles FOR EACH ROW
  EXECUTE FUNCTION pbx_auth_notify_by_user_id();
CREATE TRIGGER pbx_auth_updated AFTER UPDATE OF id, user_id, user_uuid, domain_id, enabled ON profiles FOR EACH ROW
  WHEN ((OLD.id, OLD.user_id, OLD.user_uuid, OLD.domain_id, OLD.enabled)
    IS DISTINCT FROM (NEW.id, NEW.user_id, NEW.user_uuid, NEW.domain_id, NEW.enabled))
  EXECUTE FUNCTION pbx_auth_notify_by_user_id();

CREATE TRIGGER pbx_auth_updated AFTER UPDATE OF id, user_id, key_hash, expires ON tokens FOR EACH ROW
  WHEN ((OLD.id, OLD.user_id, OLD.key_hash, OLD.expires) IS DISTINCT FROM (NEW.id, NEW.user_id, NEW.key_hash, NEW.expires))
  EXECUTE FUNCTION pbx_auth_notify_by_user_id();
CREATE TRIGGER pbx_auth_deleted AFTER DELETE ON tokens FOR EACH ROW EXECUTE FUNCTION pbx_auth_notify_by_user_id();

-- What touches many users is announced as "everybody": a group's name gives a role, a disabled domain shuts its users
-- out. A deleted domain empties its profiles' domain_id, which the trigger on profiles sees.
CREATE TRIGGER pbx_auth_updated AFTER UPDATE OF name ON groups FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name)
  EXECUTE FUNCTION pbx_auth_notify_all();
CREATE TRIGGER pbx_auth_deleted AFTER DELETE ON groups FOR EACH ROW EXECUTE FUNCTION pbx_auth_notify_all();
CREATE TRIGGER pbx_auth_updated AFTER UPDATE OF enabled ON domains FOR EACH ROW
  WHEN (OLD.enabled IS DISTINCT FROM NEW.enabled) EXECUTE FUNCTION pbx_auth_notify_all();

CREATE TRIGGER pbx_auth_truncated AFTER TRUNCATE ON users FOR EACH STATEMENT EXECUTE FUNCTION pbx_auth_notify_all();
CREATE TRIGGER pbx_auth_truncated AFTER TRUNCATE ON user_groups FOR EACH STATEMENT EXECUTE FUNCTION pbx_auth_notify_all();
CREATE TRIGGER pbx_auth_truncated AFTER TRUNCATE ON profiles FOR EACH STATEMENT EXECUTE FUNCTION pbx_auth_notify_all();
CREATE TRIGGER pbx_auth_truncated AFTER TRUNCATE ON tokens FOR EACH STATEMENT EXECUTE FUNCTION pbx_auth_notify_all();
