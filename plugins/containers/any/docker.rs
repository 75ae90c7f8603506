//! `docker ps`, `docker network ls` and `docker volume ls`, and the same of podman and compose.

use outparse_sdk::grid::Title;
use outparse_sdk::{About, Error, Field, Line, Parser, Problem, Record, Rows, Source};

use crate::{Table, column, size, words};

/// A container.
#[derive(Clone, Debug, Default, Record)]
pub struct Container {
    /// Its identifier, shortened without `--no-trunc`.
    #[field(key)]
    pub id: Option<Vec<u8>>,
    /// The image that it was made of.
    pub image: Option<Vec<u8>>,
    /// What it runs, shortened without `--no-trunc`.
    pub command: Option<Vec<u8>>,
    /// The service that it belongs to (`docker compose ps`).
    pub service: Option<Vec<u8>>,
    /// How long ago it was made, as roughly as it is printed.
    #[field(unit = "seconds", approximate, gauge)]
    pub age: Option<i64>,
    /// What it does: `running`, `exited`, `created`, `restarting`, `paused`, `removing`, `dead`.
    pub state: Option<Vec<u8>>,
    /// How long it does that, as roughly as it is printed.
    #[field(unit = "seconds", approximate, gauge)]
    pub elapsed: Option<i64>,
    /// Exit status, where it ended.
    pub exit_status: Option<i64>,
    /// What its check says: `healthy`, `unhealthy`, `starting`; null without one.
    pub health: Option<Vec<u8>>,
    /// All of that, as printed.
    pub status: Option<Vec<u8>>,
    /// Its ports, and where they can be reached.
    pub ports: Vec<Vec<u8>>,
    /// Its names: more than one where others know it by another.
    pub names: Vec<Vec<u8>>,
    /// What it has written (`-s`).
    #[field(unit = "bytes", approximate, gauge)]
    pub size: Option<i64>,
    /// That and its image (`-s`).
    #[field(unit = "bytes", approximate, gauge)]
    pub virtual_size: Option<i64>,
    /// Identifier of its pod (podman, `--pod`); null outside of one.
    pub pod_id: Option<Vec<u8>>,
    /// Name of its pod (podman, `--pod`).
    pub pod: Option<Vec<u8>>,
}

const CONTAINERS: [Title; 14] = [
    column("CONTAINER ID"),
    column("IMAGE"),
    column("COMMAND"),
    column("SERVICE"),
    column("CREATED"),
    column("STATUS"),
    column("PORTS"),
    column("NAMES"),
    column("NAME"),
    column("SIZE"),
    column("ID"),
    column("POD ID"),
    column("POD"),
    column("PODNAME"),
];

/// Reads `docker ps`.
pub struct Containers {
    table: Table,
}

impl Parser for Containers {
    const ABOUT: About = About {
        name: "containers",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Containers, as docker ps and podman ps print them",
        commands: &[
            "docker ps",
            "docker container ls",
            "docker container ps",
            "docker compose ps",
            "podman ps",
            "podman container ls",
            "podman container ps",
        ],
        dialect: "any",
        platforms: &["linux", "macos"],
        ..About::DEFAULT
    };
    type Record = Container;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Containers { table: Table::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if self.table.heading(line, &CONTAINERS)? {
            let fields = self.table.titles().flat_map(|title| match title {
                "CONTAINER ID" | "ID" => &["id"][..],
                "IMAGE" => &["image"],
                "COMMAND" => &["command"],
                "SERVICE" => &["service"],
                "CREATED" => &["age"],
                "STATUS" => &["state", "elapsed", "exit_status", "health", "status"],
                "PORTS" => &["ports"],
                "NAMES" | "NAME" => &["names"],
                "POD ID" | "POD" => &["pod_id"],
                "PODNAME" => &["pod"],
                _ => &["size", "virtual_size"],
            });
            rows.shape(fields);
            rows.recognise();
            return Ok(());
        }
        let mut container = Container::default();
        for (title, cell) in self.table.cells(line)? {
            container.read(title, cell)?;
        }
        rows.push(container);
        Ok(())
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        whole_names(words)
    }
}

/// Names and commands that are not shortened.
pub(crate) fn whole_names(words: &[String]) -> Option<Vec<String>> {
    let is_known = words.iter().any(|word| word == "--no-trunc" || word.starts_with("--no-trunc="));
    let place = words.iter().position(|word| matches!(word.as_str(), "ps" | "ls" | "images" | "list")).filter(|_| !is_known)?;
    let (before, after) = words.split_at(place + 1);
    Some([before, &["--no-trunc".to_owned()], after].concat())
}

impl Container {
    fn read(&mut self, title: &str, cell: Field<'_>) -> Result<(), Error> {
        let text = cell.bytes.to_vec();
        match title {
            "CONTAINER ID" | "ID" => self.id = Some(text),
            "IMAGE" => self.image = Some(text),
            "SERVICE" => self.service = Some(text),
            "COMMAND" => {
                let inner = cell.strip_prefix("\"").and_then(|cell| cell.strip_suffix("\""));
                self.command = Some(inner.unwrap_or(cell).bytes.to_vec());
            }
            "CREATED" => {
                let expected = || cell.expected("`NUMBER UNIT ago`");
                let ago = cell.strip_suffix(" ago").ok_or_else(expected)?;
                self.age = Some(words(ago).ok_or_else(expected)?);
            }
            "STATUS" => {
                self.status(cell)?;
                self.status = Some(text);
            }
            "PORTS" => self.ports = cell.split(",").map(|port| port.trim().bytes.to_vec()).collect(),
            "NAMES" | "NAME" => self.names = cell.split(",").map(|name| name.trim().bytes.to_vec()).collect(),
            "POD ID" | "POD" => self.pod_id = Some(text),
            "PODNAME" => self.pod = Some(text),
            _ => {
                // `2B (virtual 72.8MB)`
                let (own, all) = match cell.strip_suffix(")").and_then(|cell| cell.split_once(" (virtual ")) {
                    Some((own, all)) => (own, Some(all)),
                    None => (cell, None),
                };
                self.size = size(own)?;
                self.virtual_size = all.map(size).transpose()?.flatten();
            }
        }
        Ok(())
    }

    /// `Up 16 seconds (healthy)`, `Exited (137) 3 days ago`, `Created`, `Up 2 hours (Paused)`
    fn status(&mut self, cell: Field<'_>) -> Result<(), Problem> {
        let expected = || cell.expected("a state, such as `Up 5 minutes` or `Exited (0) 2 days ago`");
        let state = |state: &str| Some(state.as_bytes().to_vec());
        if let Some(rest) = cell.strip_prefix("Up").filter(|rest| rest.bytes.first().is_none_or(|byte| *byte == b' ')) {
            self.state = state("running");
            let rest = rest.trim();
            let (time, remark) = match rest.strip_suffix(")").and_then(|rest| rest.rsplit_once("(")) {
                Some((time, remark)) => (time.trim(), Some(remark)),
                None => (rest, None),
            };
            // podman before version 4 says `ago` here, too.
            let time = time.strip_suffix(" ago").unwrap_or(time);
            if !time.bytes.is_empty() {
                self.elapsed = Some(words(time).ok_or_else(expected)?);
            }
            match remark.map(|remark| remark.bytes) {
                Some(b"Paused") => self.state = state("paused"),
                Some(health) => self.health = Some(health.strip_prefix(b"health: ").unwrap_or(health).to_vec()),
                None => {}
            }
            return Ok(());
        }
        let (word, rest) = cell.split_once(" ").unwrap_or((cell, cell.split_at(usize::MAX).1));
        self.state = match word.bytes {
            // As earlier versions of compose have it: `running (healthy)`, `exited (1)`.
            b"running" => {
                self.health = rest.strip_prefix("(").and_then(|rest| rest.strip_suffix(")")).map(|health| health.bytes.to_vec());
                self.state = state("running");
                return Ok(());
            }
            b"exited" | b"created" | b"restarting" | b"removing" | b"dead" | b"paused" | b"stopping" | b"stopped" => {
                Some(word.bytes.to_vec())
            }
            b"Exited" => state("exited"),
            b"Created" | b"Initialized" => state("created"),
            b"Restarting" => state("restarting"),
            b"Removal" | b"Removing" => state("removing"),
            b"Dead" => state("dead"),
            b"Paused" => state("paused"),
            b"Stopped" | b"Stopping" => Some(word.bytes.to_ascii_lowercase()),
            _ => return Err(expected()),
        };
        if let Some((status, ago)) = rest.strip_prefix("(").and_then(|rest| rest.split_once(")")) {
            self.exit_status = Some(status.integer()?);
            self.elapsed = ago.trim().strip_suffix(" ago").and_then(words);
        }
        Ok(())
    }
}

/// A network.
#[derive(Clone, Debug, Default, Record)]
pub struct Network {
    /// Its identifier.
    #[field(key)]
    pub id: Option<Vec<u8>>,
    /// Its name.
    pub name: Option<Vec<u8>>,
    /// What makes it: `bridge`, `host`, `overlay`, …
    pub driver: Option<Vec<u8>>,
    /// How far it reaches: `local`, `swarm`.
    pub scope: Option<Vec<u8>>,
}

/// Reads `docker network ls`.
pub struct Networks {
    table: Table,
}

impl Parser for Networks {
    const ABOUT: About = About {
        name: "networks",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Networks of containers, as docker network ls prints them",
        commands: &["docker network ls", "docker network list", "podman network ls", "podman network list"],
        dialect: "any",
        platforms: &["linux", "macos"],
        ..About::DEFAULT
    };
    type Record = Network;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Networks { table: Table::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if self.table.heading(line, &[column("NETWORK ID"), column("NAME"), column("DRIVER"), column("SCOPE")])? {
            rows.shape(
                self.table.titles().map(|title| if title == "NETWORK ID" { "id".to_owned() } else { title.to_lowercase() }),
            );
            rows.recognise();
            return Ok(());
        }
        let mut network = Network::default();
        for (title, cell) in self.table.cells(line)? {
            let field = match title {
                "NETWORK ID" => &mut network.id,
                "NAME" => &mut network.name,
                "DRIVER" => &mut network.driver,
                _ => &mut network.scope,
            };
            *field = Some(cell.bytes.to_vec());
        }
        rows.push(network);
        Ok(())
    }
}

/// A volume.
#[derive(Clone, Debug, Default, Record)]
pub struct Volume {
    /// What makes it: `local`, …
    pub driver: Option<Vec<u8>>,
    /// Its name.
    #[field(key)]
    pub name: Option<Vec<u8>>,
}

/// Reads `docker volume ls`.
pub struct Volumes {
    table: Table,
}

impl Parser for Volumes {
    const ABOUT: About = About {
        name: "volumes",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Volumes of containers, as docker volume ls prints them",
        commands: &["docker volume ls", "docker volume list", "podman volume ls", "podman volume list"],
        dialect: "any",
        platforms: &["linux", "macos"],
        ..About::DEFAULT
    };
    type Record = Volume;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Volumes { table: Table::default() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if line.is_blank() {
            return Ok(());
        }
        if self.table.heading(line, &[column("VOLUME NAME"), column("DRIVER")])? {
            rows.recognise();
            return Ok(());
        }
        let mut volume = Volume::default();
        for (title, cell) in self.table.cells(line)? {
            if cell.bytes.contains(&b' ') {
                return Err(cell.expected("the name of a volume or of a driver, which has no blanks").into());
            }
            let field = if title == "DRIVER" { &mut volume.driver } else { &mut volume.name };
            *field = Some(cell.bytes.to_vec());
        }
        rows.push(volume);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, exact, parse};

    use super::{Containers, Networks, Volumes};

    const PS: &[u8] = "\
CONTAINER ID   IMAGE          COMMAND                  CREATED             STATUS                       PORTS                              NAMES      SIZE
4c01db0b339c   ubuntu:22.04   \"bash\"                   17 seconds ago      Up 16 seconds (healthy)      0.0.0.0:80->80/tcp, :::80->80/tcp  webapp     2B (virtual 72.8MB)
d7886598dbe2   a/redis:1      \"/redis-server --di…\"    About an hour ago   Exited (137) 33 minutes ago                                     redis,w/db 0B (virtual 1.2GB)
e7886598dbe2   x              \"x\"                      2 weeks ago         Created                                                         c          0B
f7886598dbe2   x              \"x\"                      3 months ago        Up Less than a second (Paused)                                  d          0B
".as_bytes();

    #[test]
    fn containers_are_read() {
        let text = String::from_utf8_lossy(PS).replace("Up Less than a second (Paused)", "Up 2 hours (Paused)           ");
        let parsed = parse::<Containers>(None, text.as_bytes());
        let records = parsed.sound();
        assert_eq!(
            records[0],
            r#"{"id":"4c01db0b339c","image":"ubuntu:22.04","command":"bash","age":17,"state":"running","elapsed":16,"health":"healthy","status":"Up 16 seconds (healthy)","ports":["0.0.0.0:80->80/tcp",":::80->80/tcp"],"names":["webapp"],"size":2,"virtual_size":72800000}"#
        );
        assert_eq!(
            records[1],
            r#"{"id":"d7886598dbe2","image":"a/redis:1","command":"/redis-server --di…","age":3600,"state":"exited","elapsed":1980,"exit_status":137,"status":"Exited (137) 33 minutes ago","ports":[],"names":["redis","w/db"],"size":0,"virtual_size":1200000000}"#
        );
        assert!(records[2].contains(r#""age":1209600,"state":"created","status":"Created""#), "{}", records[2]);
        assert!(records[3].contains(r#""state":"paused","elapsed":7200"#), "{}", records[3]);
        assert_any_split::<Containers>(None, text.as_bytes());
        assert_eq!(exact::<Containers>("ps -a").as_deref(), Some("ps --no-trunc -a"));
        assert_eq!(exact::<Containers>("ps --no-trunc"), None);
    }

    #[test]
    fn a_line_that_is_broken_costs_itself() {
        // The second has a state that reaches into the next column.
        let parsed = parse::<Containers>(None, PS);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (3, 1), "{parsed:?}");
        let text = b"CONTAINER ID   CREATED   STATUS\na              soon      Up 1 second\nb              1 day ago Flying\nc              1 day ago Up\n";
        let parsed = parse::<Containers>(None, text);
        assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 2), "{parsed:?}");
        assert_unrecognised::<Containers>([
            "hello\n",
            "NAMES\n",
            "Cannot connect to the Docker daemon\n",
            "NAME   READY   STATUS\n",
        ]);
    }

    #[test]
    fn networks_and_volumes_are_read() {
        let text = b"NETWORK ID     NAME      DRIVER    SCOPE\n7fca4eb8c647   bridge    bridge    local\n9f904ee27bf5   none      null      local\n";
        assert_eq!(
            parse::<Networks>(None, text).sound(),
            [
                r#"{"id":"7fca4eb8c647","name":"bridge","driver":"bridge","scope":"local"}"#,
                r#"{"id":"9f904ee27bf5","name":"none","driver":"null","scope":"local"}"#,
            ]
        );
        let text = b"DRIVER    VOLUME NAME\nlocal     a_b\n";
        assert_eq!(parse::<Volumes>(None, text).only(), r#"{"driver":"local","name":"a_b"}"#);
        assert_unrecognised::<Networks>(["hello\n", "NAME  STATUS\n"]);
        assert_unrecognised::<Volumes>(["hello\n", "DRIVER    NAME\n"]);
    }

    #[test]
    fn containers_know_their_pod_and_states_of_an_older_compose_are_read() {
        let pods = b"CONTAINER ID  IMAGE   COMMAND     CREATED      STATUS      PORTS   NAMES  POD ID        PODNAME\n\
            0123456789ab  pause               2 hours ago  Up 2 hours          infra  fedcba987654  my\n";
        parse::<Containers>(None, pods).has(0, &[r#""pod_id":"fedcba987654","pod":"my""#]);
        let older = b"CONTAINER ID  STATUS                           NAMES\n0123456789ac  Up About a minute ago (healthy)  n2\n0123456789ad  Up 2 minutes ago                 n3\n";
        let parsed = parse::<Containers>(None, older);
        parsed.has(0, &[r#""state":"running","elapsed":60,"exit_status":null,"health":"healthy""#]);
        parsed.has(1, &[r#""state":"running","elapsed":120"#]);
        let composed = b"NAME    COMMAND   SERVICE   STATUS              PORTS\na-web   \"x\"       web       running (healthy)   80/tcp\na-db    \"x\"       db        exited (1)          \n";
        let parsed = parse::<Containers>(None, composed);
        parsed.has(0, &[r#""state":"running""#, r#""health":"healthy","status":"running (healthy)""#]);
        parsed.has(1, &[r#""state":"exited","elapsed":null,"exit_status":1"#]);
    }
}
