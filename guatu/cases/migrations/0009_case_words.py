"""The index behind searching cases by words, per store (`guatu.cases.reads.search` asks it).

PostgreSQL: table `cases_words` with every pair of neighbouring characters, kept by triggers, so that rows written in bulk
are found too and a step, which changes no words, costs nothing. No foreign key: the table is the store's own, and a key
would forbid emptying `cases_case`. SQLite: one index that holds the words, so that a search reads it and not the wide rows.
"""

from typing import Any

from django.db import migrations

_POSTGRESQL = r"""
CREATE TABLE cases_words (case_id uuid PRIMARY KEY, words text NOT NULL, pairs text[] NOT NULL);
CREATE FUNCTION cases_words_of(number text, title text, upper_number text, address text, description text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT lower(number || E'\n' || title || E'\n' || upper_number || E'\n' || address || E'\n' || left(description, 500))
$$;
CREATE FUNCTION cases_pairs_of(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT pair), '{}') FROM (
    SELECT one.c || lead(one.c) OVER (ORDER BY one.n) AS pair
    FROM regexp_split_to_table(words, '') WITH ORDINALITY AS one(c, n)
  ) AS every WHERE pair !~ E'[\n ]'
$$;
CREATE FUNCTION cases_words_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE found text;
BEGIN
  found := cases_words_of(NEW.number, NEW.title, NEW.upper_number, NEW.address, NEW.description);
  INSERT INTO cases_words VALUES (NEW.id, found, cases_pairs_of(found))
  ON CONFLICT (case_id) DO UPDATE SET words = excluded.words, pairs = excluded.pairs;
  RETURN NULL;
END $$;
CREATE FUNCTION cases_words_drop() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN DELETE FROM cases_words WHERE case_id = OLD.id; RETURN NULL; END $$;
CREATE TRIGGER cases_words_new AFTER INSERT ON cases_case FOR EACH ROW EXECUTE FUNCTION cases_words_keep();
CREATE TRIGGER cases_words_changed AFTER UPDATE ON cases_case FOR EACH ROW WHEN (
  (OLD.number, OLD.title, OLD.upper_number, OLD.address, OLD.description)
  IS DISTINCT FROM (NEW.number, NEW.title, NEW.upper_number, NEW.address, NEW.description)
) EXECUTE FUNCTION cases_words_keep();
CREATE TRIGGER cases_words_gone AFTER DELETE ON cases_case FOR EACH ROW EXECUTE FUNCTION cases_words_drop();
INSERT INTO cases_words SELECT id, words, cases_pairs_of(words) FROM (
  SELECT id, cases_words_of(number, title, upper_number, address, description) AS words FROM cases_case
) AS every;
CREATE INDEX cases_words_pairs ON cases_words USING gin (pairs);
"""
_POSTGRESQL_BACK = """
DROP TRIGGER cases_words_new ON cases_case; DROP TRIGGER cases_words_changed ON cases_case;
DROP TRIGGER cases_words_gone ON cases_case; DROP FUNCTION cases_words_keep(); DROP FUNCTION cases_words_drop();
DROP TABLE cases_words; DROP FUNCTION cases_pairs_of(text);
DROP FUNCTION cases_words_of(text, text, text, text, text);
"""
_SQLITE = "CREATE INDEX cases_words ON cases_case (number, title, upper_number, address, description)"


def build(apps: Any, editor: Any) -> None:
    """Make the index (a migration's RunPython)."""
    editor.execute(_POSTGRESQL if editor.connection.vendor == "postgresql" else _SQLITE, None)


def remove(apps: Any, editor: Any) -> None:
    editor.execute(
        _POSTGRESQL_BACK if editor.connection.vendor == "postgresql" else "DROP INDEX cases_words", None
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0008_exchange")]

    operations = [migrations.RunPython(build, remove)]
