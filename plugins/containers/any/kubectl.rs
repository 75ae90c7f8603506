//! `kubectl get` and `kubectl top`: a table of any resource, whose titles its kind chooses; several of them one after the other.

use outparse_sdk::grid::{Side, Span, checked_cells, field_name};
use outparse_sdk::{
    About, Base, CellType, CellValue, Cells, Error, Field, FieldInfo, Line, Parser, Place, Problem, Record, Role, Rows, Source,
    time,
};

/// A resource. Its kind has more fields, which the titles name: `READY` is `ready`.
#[derive(Clone, Debug, Default, Record)]
pub struct Resource<'a> {
    /// Its name; with its kind before it where there are several.
    #[field(key)]
    pub name: Option<&'a [u8]>,
    /// The namespace that it is in (`-A`).
    #[field(key)]
    pub namespace: Option<&'a [u8]>,
    /// How long ago it was made, as roughly as it is printed.
    #[field(unit = "seconds", approximate, gauge)]
    pub age: Option<i64>,
}

/// Reads `kubectl get` and `kubectl top`.
pub struct Kubectl {
    spans: Vec<Span>,
    columns: Vec<Column>,
    /// Whether the next line is one of titles.
    begins: bool,
}

/// A column, and where its values go.
struct Column {
    title: String,
    reading: Reading,
    places: Vec<Place>,
}

/// How a cell is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    Text,
    Integer,
    /// `5d3h`
    Duration,
    /// `10Gi`
    Size,
    /// `250m` of a processor, or whole ones.
    Cores,
    Percent,
    /// Between commas.
    List,
    /// `3 (5h ago)`
    Restarts,
    /// `1/2`: as it is, and both numbers.
    Share,
}

const EXPECTED: &str = "titles in capital letters, the first of which is `NAME`, `NAMESPACE`, `POD` or `LAST SEEN`";

impl Parser for Kubectl {
    const ABOUT: About = About {
        name: "kubectl",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Resources of Kubernetes, as kubectl get and kubectl top print them",
        commands: &["kubectl get", "kubectl top", "kubectl events", "oc get", "k3s kubectl get"],
        dialect: "any",
        platforms: &["linux", "macos", "windows"],
        ..About::DEFAULT
    };
    type Record = Cells<Resource<'static>, true>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Kubectl { spans: Vec::new(), columns: Vec::new(), begins: true }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            self.begins = true;
            return Ok(());
        }
        if std::mem::take(&mut self.begins) {
            // What stands below titles that cannot be read is not read by those before.
            (self.spans, self.columns) = (Vec::new(), Vec::new());
            return self.heading(line, rows);
        }
        if self.spans.is_empty() {
            return Ok(());
        }
        let cells = checked_cells(&self.spans, line.whole())?;
        // Something is printed of everything: what stands below the first title alone is what kubectl or a shell says.
        if cells.len() > 1 && cells[1..].iter().all(Option::is_none) {
            return Err(line.expected("cells below more than the first title").into());
        }
        // No name has such a gap: the line is of another table, or its columns have moved.
        let names = self.columns.iter().zip(&cells).filter(|(column, _)| matches!(&*column.title, "NAME" | "NAMESPACE" | "POD"));
        if let Some(cell) = names.filter_map(|(_, cell)| *cell).find(|cell| cell.find("  ").is_some()) {
            return Err(cell.expected("a name").into());
        }
        for (column, cell) in self.columns.iter().zip(cells) {
            let Some(cell) =
                cell.filter(|cell| !matches!(cell.bytes, b"<none>" | b"<unknown>" | b"<unset>" | b"<pending>" | b"<invalid>"))
            else {
                continue;
            };
            match column.values(cell) {
                Ok(values) => values.into_iter().zip(&column.places).for_each(|(value, place)| {
                    value.into_iter().for_each(|value| rows.put(*place, value));
                }),
                // What is not what its title promises costs itself: kinds that others define have titles of their own.
                Err(problem) => rows.problem(problem),
            }
        }
        rows.end_row();
        Ok(())
    }
}

impl Kubectl {
    fn heading(&mut self, line: Line<'_>, rows: &mut Rows<Cells<Resource<'static>, true>>) -> Result<(), Error> {
        let whole = line.whole();
        let mut spans = Vec::new();
        let mut titles: Vec<String> = Vec::new();
        let mut rest = whole.trim();
        while !rest.bytes.is_empty() {
            let (title, after) = rest.split_at(rest.find("  ").unwrap_or(rest.bytes.len()));
            spans.push(Span { start: title.start(), end: title.end(), side: Side::Left });
            titles.push(String::from_utf8_lossy(title.bytes).into_owned());
            rest = after.trim();
        }
        let known = titles.first().is_some_and(|title| matches!(title.as_str(), "NAME" | "NAMESPACE" | "POD" | "LAST SEEN"));
        let capital = |title: &String| !title.bytes().any(|byte| byte.is_ascii_lowercase()) || title.contains('(');
        if !known || titles.len() < 2 || whole.start() != 0 || !titles.iter().all(capital) {
            return Err(line.expected(EXPECTED).into());
        }
        let has = |wanted: &str| titles.iter().any(|title| title == wanted);
        let counted = (has("UP-TO-DATE"), has("DESIRED"));
        let readings: Vec<Reading> = titles.iter().map(|title| reading(title, counted)).collect();
        let fields: Vec<Vec<(String, CellType, FieldInfo)>> =
            titles.iter().zip(&readings).map(|(title, reading)| fields(title, *reading)).collect();
        let mut names: Vec<&str> = Vec::new();
        let mut all = Vec::new();
        for (name, cell, info) in fields.iter().flatten() {
            if name.is_empty() || name.starts_with('_') {
                return Err(line.expected(EXPECTED).into());
            }
            // A second column of the same title would be the same field.
            if names.contains(&name.as_str()) {
                return Err(whole.problem(format!("two columns would be the field `{name}`")).into());
            }
            names.push(name);
            all.push((name.as_str(), *cell, *info));
        }
        let mut places = rows.open_table(&all).into_iter();
        self.columns = titles
            .into_iter()
            .zip(readings)
            .zip(&fields)
            .map(|((title, reading), fields)| Column { title, reading, places: places.by_ref().take(fields.len()).collect() })
            .collect();
        self.spans = spans;
        rows.recognise();
        Ok(())
    }
}

/// What stands under a title, where there are the titles `UP-TO-DATE` and `DESIRED` or not: kinds that have them count.
fn reading(title: &str, (is_updated, is_desired): (bool, bool)) -> Reading {
    match title {
        "AGE" | "LAST SEEN" | "FIRST SEEN" | "DURATION" | "LAST SCHEDULE" => Reading::Duration,
        "RESTARTS" => Reading::Restarts,
        "DESIRED" | "CURRENT" | "READY" | "AVAILABLE" if is_desired => Reading::Integer,
        "UP-TO-DATE" | "AVAILABLE" if is_updated => Reading::Integer,
        "READY" | "COMPLETIONS" => Reading::Share,
        "DATA" | "SECRETS" | "MINPODS" | "MAXPODS" | "REPLICAS" | "WEBHOOKS" => Reading::Integer,
        "CAPACITY" | "MEMORY(bytes)" => Reading::Size,
        "CPU(cores)" => Reading::Cores,
        "CPU%" | "MEMORY%" | "CPU(%)" | "MEMORY(%)" => Reading::Percent,
        "PORT(S)" | "EXTERNAL-IP" | "ACCESS MODES" | "LABELS" | "ROLES" | "ENDPOINTS" | "HOSTS" | "CONTAINERS" | "IMAGES"
        | "SELECTOR" | "SHORTNAMES" | "VERBS" => Reading::List,
        _ => Reading::Text,
    }
}

/// The fields of a column: their names, types, and what is known of them.
fn fields(title: &str, reading: Reading) -> Vec<(String, CellType, FieldInfo)> {
    let name = match title {
        "MEMORY(bytes)" => "memory_used".to_owned(),
        "CPU(cores)" => "cpu_cores".to_owned(),
        "CPU%" | "CPU(%)" => "cpu_percent".to_owned(),
        "MEMORY%" | "MEMORY(%)" => "memory_percent".to_owned(),
        "PORT(S)" => "ports".to_owned(),
        _ => field_name(title),
    };
    let info = FieldInfo::named("");
    let gauge = FieldInfo { role: Some(Role::Gauge), ..info };
    match reading {
        Reading::Text if matches!(title, "NAME" | "NAMESPACE") => {
            vec![(name, CellType::Text, FieldInfo { role: Some(Role::Key), ..info })]
        }
        Reading::Text => vec![(name, CellType::Text, info)],
        Reading::Integer => vec![(name, CellType::Integer, gauge)],
        Reading::Duration => vec![(name, CellType::Integer, FieldInfo { unit: Some("seconds"), approximate: true, ..gauge })],
        Reading::Size => vec![(name, CellType::Integer, FieldInfo { unit: Some("bytes"), approximate: true, ..gauge })],
        Reading::Cores => vec![(name, CellType::Float, gauge)],
        Reading::Percent => vec![(name, CellType::Float, FieldInfo { unit: Some("percent"), ..gauge })],
        Reading::List => vec![(name, CellType::Texts, info)],
        Reading::Restarts => vec![
            (name, CellType::Integer, FieldInfo { role: Some(Role::Counter), ..info }),
            ("restarted_ago".to_owned(), CellType::Integer, FieldInfo { unit: Some("seconds"), approximate: true, ..gauge }),
        ],
        Reading::Share => vec![
            (format!("{name}_count"), CellType::Integer, gauge),
            (format!("{name}_wanted"), CellType::Integer, gauge),
            (name, CellType::Text, info),
        ],
    }
}

impl Column {
    /// The values of a cell, one for each field of the column.
    fn values<'a>(&self, cell: Field<'a>) -> Result<Vec<Option<CellValue<'a>>>, Problem> {
        let expected = |what: &str| cell.expected(&format!("{what} under `{}`", self.title));
        Ok(match self.reading {
            Reading::Text => vec![Some(CellValue::Text(cell.bytes))],
            Reading::Integer => vec![Some(CellValue::Integer(cell.integer()?))],
            Reading::Duration => {
                vec![Some(CellValue::Integer(duration(cell).ok_or_else(|| expected("a duration such as `5d3h`"))?))]
            }
            Reading::Size => vec![Some(CellValue::Integer(cell.size(Base::Decimal)?))],
            Reading::Cores => vec![Some(CellValue::Float(match cell.strip_suffix("m") {
                Some(thousandths) => thousandths.float_e(-3)?,
                None => cell.float()?,
            }))],
            Reading::Percent => {
                vec![Some(CellValue::Float(cell.strip_suffix("%").ok_or_else(|| expected("a percentage"))?.float()?))]
            }
            Reading::List => vec![Some(CellValue::Texts(cell.split(",").map(|item| item.trim().bytes).collect()))],
            Reading::Restarts => {
                let (number, ago) = cell.split_once(" (").map_or((cell, None), |(number, ago)| (number, Some(ago)));
                // A clock that is ahead makes no time of it.
                let ago = ago
                    .filter(|ago| ago.bytes != b"<invalid> ago)")
                    .map(|ago| ago.strip_suffix(" ago)").and_then(duration).ok_or_else(|| expected("`NUMBER (DURATION ago)`")));
                vec![Some(CellValue::Integer(number.integer()?)), ago.transpose()?.map(CellValue::Integer)]
            }
            Reading::Share => {
                let share = cell.split_once("/").and_then(|(count, all)| Some((count.as_integer()?, all.as_integer()?)));
                vec![
                    share.map(|(count, _)| CellValue::Integer(count)),
                    share.map(|(_, all)| CellValue::Integer(all)),
                    Some(CellValue::Text(cell.bytes)),
                ]
            }
        })
    }
}

/// `5d3h`, `2y10d`, `4m5s`, `3s ago`; of an event that came again `5m (x3 over 1h)` the first.
fn duration(text: Field<'_>) -> Option<i64> {
    let text = text.split_once(" (").map_or(text, |(first, _)| first);
    let text = text.strip_suffix(" ago").unwrap_or(text);
    time::spelt_duration(text, &[("y", 365 * 86_400), ("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)])
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Kubectl;

    #[test]
    fn rows_below_broken_titles_are_not_read_by_those_before() {
        let text = b"NAME   AGE\na      1d\n\nNAME   Age\nb      2d\n\nNAME   AGE\nc      3d\n";
        let parsed = parse::<Kubectl>(None, text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 1), "{parsed:?}");
        parsed.has(1, &[r#""name":"c","age":259200"#]);
    }

    #[test]
    fn any_resource_is_read() {
        let text = b"NAMESPACE   NAME    READY   STATUS             RESTARTS      AGE     IP          NOMINATED NODE   LABELS\n\
            default     a-1     1/2     CrashLoopBackOff   3 (5h ago)    5d3h    10.0.0.1    <none>           app=a,tier=x y\n\
            kube        b       0/0     Running            0             2y10d   <none>      n 1              <none>\n\n\
            NAME                DESIRED   CURRENT   READY   AGE\nreplicaset.apps/a   3         3         2       15m\n";
        assert_eq!(
            parse::<Kubectl>(None, text).sound(),
            [
                r#"{"namespace":"default","name":"a-1","ready_count":1,"ready_wanted":2,"ready":"1/2","status":"CrashLoopBackOff","restarts":3,"restarted_ago":18000,"age":442800,"ip":"10.0.0.1","labels":["app=a","tier=x y"]}"#,
                r#"{"namespace":"kube","name":"b","ready_count":0,"ready_wanted":0,"ready":"0/0","status":"Running","restarts":0,"age":63936000,"nominated_node":"n 1"}"#,
                r#"{"name":"replicaset.apps/a","desired":3,"current":3,"ready":2,"age":900}"#,
            ]
        );
        assert_any_split::<Kubectl>(None, text);
        let top = b"NAME   CPU(cores)   CPU%   MEMORY(bytes)   MEMORY%\nn1     250m         12%    1024Mi          50%\n";
        assert_eq!(
            parse::<Kubectl>(None, top).only(),
            r#"{"name":"n1","cpu_cores":0.25,"cpu_percent":12,"memory_used":1073741824,"memory_percent":50}"#
        );
        let events = b"LAST SEEN         TYPE      REASON    OBJECT   MESSAGE\n5m (x3 over 1h)   Warning   BackOff   pod/a    Back-off  restarting\n";
        assert_eq!(
            parse::<Kubectl>(None, events).only(),
            r#"{"last_seen":300,"type":"Warning","reason":"BackOff","object":"pod/a","message":"Back-off  restarting"}"#
        );
    }

    #[test]
    fn what_is_broken_costs_itself() {
        let text = b"NAME   READY   AGE\na      True    soon\nlongname  1/1    5d\nb      1/1     5d\n";
        let parsed = parse::<Kubectl>(None, text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 2), "{parsed:?}");
        parsed.has(0, &[r#""ready":"True""#, r#""age":null"#]);
        assert_unrecognised::<Kubectl>([
            "hello\n",
            "NAME\n",
            "No resources found in default namespace.\n",
            "Name   Age\n",
            "NAME   A   A\n",
        ]);
    }

    #[test]
    fn a_name_with_a_gap_is_no_name() {
        let parsed = parse::<Kubectl>(None, b"NAME                     ENDPOINTS   AGE\nkubernetes   10.0.0.1:6443           34d\nb                        <none>      1d\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
        parse::<Kubectl>(None, b"POD   NAME   CPU(cores)   MEMORY(bytes)\nweb   app    1m           12Mi\n")
            .has(0, &[r#""pod":"web","name":"app""#]);
    }

    #[test]
    fn a_time_that_is_none_is_null() {
        let parsed = parse::<Kubectl>(None, b"NAME   RESTARTS            AGE\na      5 (<invalid> ago)   <invalid>\n");
        assert_eq!(parsed.problems, [""; 0]);
        parsed.has(0, &[r#""restarts":5,"restarted_ago":null,"age":null"#]);
    }

    #[test]
    fn a_word_that_stands_alone_is_no_object() {
        let parsed = parse::<Kubectl>(None, b"NAME   READY   AGE\na      1/1     5h\nKilled\n");
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
    }
}
