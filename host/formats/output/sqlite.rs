//! A table in an SQLite database. Each run appends its rows, with the time of the run: all of them or none.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, Field};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::writer::Writer;
use outparse::schema::cell::Cell;
use outparse::schema::{Schema, Table, time};

/// How long to wait for another program that is writing to the same database.
const PATIENCE: Duration = Duration::from_secs(10);

/// The column with the time of the run.
const RUN: &str = "recorded_at";

/// A run on its way into a database. If it is dropped before it is kept, the database is unchanged.
#[derive(Clone, Debug)]
pub struct Database {
    path: PathBuf,
    /// None until the columns are known.
    connection: Arc<Mutex<Option<Connection>>>,
}

impl Database {
    /// A run into this file.
    pub fn new(path: PathBuf) -> Database {
        Database { path, connection: Arc::default() }
    }

    /// Keeps what was written.
    pub fn keep(&self) -> Result<()> {
        match &*self.connection() {
            Some(connection) => connection.execute_batch("COMMIT").with_context(|| self.failed()),
            None => Ok(()),
        }
    }

    fn connection(&self) -> MutexGuard<'_, Option<Connection>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn failed(&self) -> String {
        format!("`{}` cannot be written as an SQLite database", self.path.display())
    }
}

/// A writer of a table, which is created if it is missing and gets the columns that it lacks. `time` is the run's, as RFC 3339.
pub fn sqlite_writer(database: &Database, table: &str, time: &str, schema: &Schema) -> Result<Box<dyn Writer + Send>> {
    let opened = || database.failed();
    let connection = Connection::open(&database.path).with_context(opened)?;
    connection.busy_timeout(PATIENCE).with_context(opened)?;
    let conform = Table::new(schema, &[]);
    if let Some(taken) = conform.schema().fields().iter().find(|field| field.name().eq_ignore_ascii_case(RUN)) {
        bail!("the records have a field `{}`, which is the time of the run in such a table", taken.name());
    }
    let columns = conform.schema().fields().iter().map(|field| quoted(field.name()));
    let columns: Vec<String> = std::iter::once(quoted(RUN)).chain(columns).collect();
    let places = vec!["?"; columns.len()].join(", ");
    let insert = format!("INSERT INTO {} ({}) VALUES ({places})", quoted(table), columns.join(", "));
    let writer = Sqlite { database: database.clone(), conform, table: table.to_owned(), insert, time: time.to_owned() };
    writer.begin(&connection).with_context(opened)?;
    *database.connection() = Some(connection);
    Ok(Box::new(writer))
}

struct Sqlite {
    database: Database,
    conform: Table,
    table: String,
    insert: String,
    time: String,
}

impl Sqlite {
    /// Begins the run, and makes the table fit.
    fn begin(&self, connection: &Connection) -> Result<()> {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        let known = self.columns(connection)?;
        let table = quoted(&self.table);
        if known.is_empty() {
            let run = format!("{} TEXT NOT NULL -- the time of the run", quoted(RUN));
            let fields = self.conform.schema().fields().iter().map(declared);
            let columns = std::iter::once(run).chain(fields).collect::<Vec<_>>();
            // A comment reaches to the end of its line, so the comma stands before the next column.
            connection.execute_batch(&format!("CREATE TABLE {table} (\n  {}\n)", columns.join("\n  , ")))?;
            return Ok(());
        }
        if !known.iter().any(|(name, _)| name == RUN) {
            bail!("its table `{}` has no column `{RUN}`: it is not one of ours; `--into` names another", self.table);
        }
        for field in self.conform.schema().fields() {
            let declared_type = type_of(field.data_type());
            match known.iter().find(|(name, _)| name.eq_ignore_ascii_case(field.name())) {
                None => connection.execute_batch(&format!("ALTER TABLE {table} ADD COLUMN {}", declared(field)))?,
                Some((_, known)) if known == declared_type => {}
                Some((name, known)) => bail!(
                    "its table `{}` has `{name}` as {known}, and it is {declared_type} here; `--into` names another table",
                    self.table
                ),
            }
        }
        Ok(())
    }

    /// The columns that there are, with their types.
    fn columns(&self, connection: &Connection) -> Result<Vec<(String, String)>> {
        let mut asked = connection.prepare("SELECT name, type FROM pragma_table_info(?)")?;
        let columns = asked.query_map([&self.table], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(columns.collect::<Result<_, _>>()?)
    }
}

impl Writer for Sqlite {
    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let batch = self.conform.conform(batch)?;
        let connection = self.database.connection();
        let mut insert = connection.as_ref().context("a writer has opened its database")?.prepare(&self.insert)?;
        for row in 0..batch.num_rows() {
            let values = batch.columns().iter().map(|column| value(column, row));
            let values = std::iter::once(Ok(Value::Text(self.time.clone()))).chain(values).collect::<Result<Vec<_>>>()?;
            insert.execute(params_from_iter(values))?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        // Whether all of the run went well, only its caller knows: see [`Database::keep`].
        Ok(())
    }
}

/// A column as `CREATE TABLE` has it, with its unit in a comment for whoever reads the schema.
fn declared(field: &Arc<Field>) -> String {
    let unit = field.metadata().get("unit").map(|unit| format!(" -- {}", unit.replace(char::is_whitespace, " ")));
    format!("{} {}{}", quoted(field.name()), type_of(field.data_type()), unit.unwrap_or_default())
}

fn type_of(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Boolean | DataType::Int64 => "INTEGER",
        DataType::Float64 => "REAL",
        _ => "TEXT",
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A value as SQLite has it: times as RFC 3339, nested values as JSON.
fn value(column: &dyn Array, row: usize) -> Result<Value> {
    if column.is_null(row) {
        return Ok(Value::Null);
    }
    Ok(match column.data_type() {
        DataType::Boolean => Value::Integer(column.as_boolean().value(row).into()),
        DataType::Int64 => Value::Integer(column.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => Value::Real(column.as_primitive::<Float64Type>().value(row)),
        DataType::Utf8 => Value::Text(column.as_string::<i32>().value(row).to_owned()),
        DataType::LargeUtf8 => Value::Text(column.as_string::<i64>().value(row).to_owned()),
        DataType::Timestamp(..) => {
            let mut text = String::new();
            time::write(column, row, &mut text);
            Value::Text(text)
        }
        _ => Value::Text(serde_json::to_string(&Cell::new(column, row))?),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use arrow_array::{ArrayRef, Int64Array, StringArray};
    use arrow_schema::SchemaRef;

    use super::*;
    use outparse::schema::{Field, Kind};

    fn schema(fields: &[(&str, Kind)]) -> Schema {
        Schema::new(fields.iter().map(|(name, kind)| Field::named(name, kind.clone())).collect())
    }

    fn write(path: &Path, time: &str, schema: &Schema, columns: Vec<ArrayRef>) -> Result<()> {
        let database = Database::new(path.to_owned());
        let mut writer = sqlite_writer(&database, "a table", time, schema)?;
        writer.write(&RecordBatch::try_new(SchemaRef::clone(schema.arrow()), columns)?)?;
        writer.finish()?;
        database.keep()
    }

    fn rows(path: &Path, columns: &str) -> Vec<String> {
        let connection = Connection::open(path).unwrap();
        let mut asked = connection.prepare(&format!("SELECT {columns} FROM \"a table\" ORDER BY rowid")).unwrap();
        let rows = asked.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap()
    }

    fn numbers(numbers: &[i64]) -> ArrayRef {
        Arc::new(Int64Array::from(numbers.to_vec()))
    }

    #[test]
    fn runs_are_appended_and_columns_added() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inventory.db");
        write(&path, "2026-01-01T00:00:00Z", &schema(&[("size", Kind::Integer)]), vec![numbers(&[1, 2])]).unwrap();
        let text: ArrayRef = Arc::new(StringArray::from(vec!["it's \"so\""]));
        let wider = schema(&[("size", Kind::Integer), ("na\"me", Kind::Text)]);
        write(&path, "2026-01-02T00:00:00Z", &wider, vec![numbers(&[3]), text]).unwrap();
        let all = rows(&path, "recorded_at || ' ' || size || ' ' || coalesce(\"na\"\"me\", 'none')");
        assert_eq!(all, ["2026-01-01T00:00:00Z 1 none", "2026-01-01T00:00:00Z 2 none", "2026-01-02T00:00:00Z 3 it's \"so\""]);
    }

    #[test]
    fn a_run_that_is_not_kept_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inventory.db");
        let schema = schema(&[("size", Kind::Integer)]);
        write(&path, "now", &schema, vec![numbers(&[1])]).unwrap();
        let database = Database::new(path.clone());
        let mut writer = sqlite_writer(&database, "a table", "later", &schema).unwrap();
        writer.write(&RecordBatch::try_new(SchemaRef::clone(schema.arrow()), vec![numbers(&[2])]).unwrap()).unwrap();
        writer.finish().unwrap();
        drop((writer, database));
        assert_eq!(rows(&path, "'' || size"), ["1"]);
    }

    #[test]
    fn a_table_that_does_not_fit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inventory.db");
        let why = |schema: &Schema| {
            format!("{:#}", sqlite_writer(&Database::new(path.clone()), "a table", "now", schema).err().unwrap())
        };
        write(&path, "now", &schema(&[("size", Kind::Integer)]), vec![numbers(&[1])]).unwrap();
        assert!(
            why(&schema(&[("size", Kind::Text)]))
                .ends_with("its table `a table` has `size` as INTEGER, and it is TEXT here; `--into` names another table")
        );
        assert!(why(&schema(&[("recorded_at", Kind::Text)])).contains("the time of the run"));
        Connection::open(&path).unwrap().execute_batch("DROP TABLE \"a table\"; CREATE TABLE \"a table\" (x TEXT)").unwrap();
        assert!(why(&schema(&[("size", Kind::Integer)])).contains("it is not one of ours"));
        std::fs::write(&path, "no database, and long enough to be looked at".repeat(30)).unwrap();
        assert!(why(&schema(&[("size", Kind::Integer)])).contains("cannot be written as an SQLite database"));
    }
}
