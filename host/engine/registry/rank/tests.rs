use super::*;
use crate::schema::Parser;

/// An installed parser of `df`.
fn installed(name: &str, dialect: &str, platforms: &[&str]) -> Arc<Installed> {
    Arc::new(Installed {
        name: name.to_owned(),
        version: "1.0.0".to_owned(),
        summary: String::new(),
        catalogue: None,
        parsers: vec![Parser {
            name: name.to_owned(),
            commands: vec!["df".to_owned(), "mydf".to_owned()],
            dialect: dialect.to_owned(),
            platforms: platforms.iter().map(|&platform| platform.to_owned()).collect(),
            ..Parser::default()
        }],
        origin: "here".to_owned(),
        sha256: "0".repeat(64),
        manifest: None,
        file: "/nowhere".into(),
    })
}

fn ranked(config: &Config, command: &str, platform: &str, implementation: Option<&str>) -> Vec<(String, Reason)> {
    let command = [command.to_owned()];
    let query = Query { command: &command, platform, implementation, ..Query::default() };
    rank(&query, config).unwrap().candidates.iter().map(|(candidate, reason)| (candidate.name(), *reason)).collect()
}

fn names(config: &Config, platform: &str, implementation: Option<&str>) -> Vec<String> {
    ranked(config, "df", platform, implementation).into_iter().map(|(name, _)| name).collect()
}

fn with(configuration: &str, project: &str, plugins: &[Arc<Installed>]) -> Config {
    Config::for_tests(configuration, project, plugins)
}

#[test]
fn an_installed_plugin_goes_first_on_the_platforms_it_names_and_nowhere_else() {
    let config = with("", "", &[installed("df-mine", "mine", &["macos"])]);
    assert_eq!(names(&config, "macos", None), ["df-mine", "df-bsd", "df-busybox", "df-gnu"]);
    assert_eq!(names(&config, "linux", None), ["df-gnu", "df-bsd", "df-busybox", "df-mine"]);
    assert_eq!(names(&config, "freebsd", None), ["df-bsd", "df-busybox", "df-gnu", "df-mine"]);
    // Also where the program is known to be of a bundled family: it replaces that one there.
    assert_eq!(names(&config, "macos", Some("busybox")), ["df-mine", "df-busybox", "df-bsd", "df-gnu"]);
    assert_eq!(names(&config, "linux", Some("busybox")), ["df-busybox", "df-gnu", "df-bsd", "df-mine"]);
}

#[test]
fn an_installed_plugin_without_platforms_goes_last() {
    let config = with("", "", &[installed("df-mine", "toybox", &[])]);
    for (platform, implementation) in [("linux", None), ("macos", None), ("linux", Some("toybox"))] {
        assert_eq!(names(&config, platform, implementation).pop().as_deref(), Some("df-mine"), "{platform} {implementation:?}");
    }
}

#[test]
fn among_installed_plugins_the_one_of_the_program_s_family_goes_first() {
    let config = with("", "", &[installed("df-a", "mine", &["linux"]), installed("df-b", "toybox", &["linux"])]);
    assert_eq!(names(&config, "linux", Some("toybox"))[..2], ["df-b", "df-a"]);
    assert_eq!(names(&config, "linux", None)[..2], ["df-a", "df-b"]);
}

#[test]
fn a_choice_goes_before_every_platform() {
    let plugins = [installed("df-mine", "mine", &["macos"])];
    let bsd = with("[parsers]\ndf = 'bsd'\n", "", &plugins);
    assert_eq!(names(&bsd, "macos", None), ["df-bsd", "df-mine", "df-busybox", "df-gnu"]);
    let mine = with("[parsers.linux]\ndf = 'mine'\n", "", &plugins);
    assert_eq!(names(&mine, "linux", None), ["df-mine", "df-gnu", "df-bsd", "df-busybox"]);
    assert_eq!(names(&mine, "freebsd", None), ["df-bsd", "df-busybox", "df-gnu", "df-mine"]);
}

#[test]
fn the_project_goes_before_the_configuration() {
    let plugins = [installed("df-mine", "mine", &[])];
    let config = with("[parsers.linux]\ndf = 'bsd'\n", "[parsers]\ndf = 'df-mine'\n[parsers.macos]\ndf = './x.wasm'\n", &plugins);
    assert_eq!(ranked(&config, "df", "linux", None)[0], ("df-mine".to_owned(), Reason::Project));
    assert_eq!(ranked(&config, "df", "macos", None)[0], ("/project/./x.wasm".to_owned(), Reason::Project));
    let only_macos = with("[parsers]\ndf = 'bsd'\n", "[parsers.macos]\ndf = 'gnu'\n", &plugins);
    assert_eq!(ranked(&only_macos, "df", "linux", None)[0], ("df-bsd".to_owned(), Reason::Configured));
    assert_eq!(ranked(&only_macos, "df", "macos", None)[0], ("df-gnu".to_owned(), Reason::Project));
}

#[test]
fn what_is_asked_for_is_tried_alone() {
    let config = with("[parsers]\ndf = 'bsd'\n", "[parsers]\ndf = 'busybox'\n", &[installed("df-mine", "mine", &["linux"])]);
    let command = ["df".to_owned()];
    let asked = |plugin| {
        let query = Query { command: &command, platform: "linux", plugin: Some(plugin), ..Query::default() };
        rank(&query, &config).map(|ranking| ranking.candidates.iter().map(|(candidate, _)| candidate.name()).collect::<Vec<_>>())
    };
    assert_eq!(asked("df-mine").unwrap(), ["df-mine"]);
    assert_eq!(asked("mine").unwrap(), ["df-mine"]);
    assert_eq!(asked("gnu").unwrap(), ["df-gnu"]);
    assert_eq!(asked("./a.wasm").unwrap(), ["./a.wasm"]);
    assert!(asked("yours").unwrap_err().hint().unwrap().contains("`df-mine`"));
}

#[test]
fn a_bundled_dialect_is_not_taken_over() {
    let config = with("", "", &[installed("df-mine", "gnu", &["linux"])]);
    let command = ["df".to_owned()];
    let query = Query { command: &command, platform: "linux", plugin: Some("gnu"), ..Query::default() };
    assert_eq!(rank(&query, &config).unwrap().candidates[0].0.name(), "df-gnu");
}

#[test]
fn commands_that_only_installed_plugins_read_are_known() {
    let config = with("", "", &[installed("df-mine", "mine", &[])]);
    assert_eq!(ranked(&config, "/opt/mydf", "linux", None), [("df-mine".to_owned(), Reason::InstalledCommand)]);
    let unknown = ["nothing".to_owned()];
    let Err(error) = rank(&Query { command: &unknown, ..Query::default() }, &config) else { panic!("it is ranked") };
    let Error::NoParser { known, .. } = error else { panic!("another error: {error}") };
    assert!(known.contains(&"mydf".to_owned()) && known.contains(&"df".to_owned()), "{known:?}");
}
