//! The house's rules, which the compiler cannot hold.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use sqlx::Row;

use crate::support::TestApp;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder of the project") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    let (root, mut found) = (root(), Vec::new());
    walk(&root.join(folder), &mut found);
    found
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a source");
            (path.strip_prefix(&root).expect("inside").to_string_lossy().into_owned(), text)
        })
        .collect()
}

/// Files that name any of the words, other than those under the places given.
fn naming(folder: &str, words: &[&str], except: &[&str]) -> Vec<String> {
    let code = |text: &str| text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    sources(folder)
        .into_iter()
        .filter(|(path, _)| !except.iter().any(|place| path.starts_with(place)))
        .filter(|(_, text)| words.iter().any(|word| code(text).contains(word)))
        .map(|(path, _)| path)
        .collect()
}

#[test]
fn sql_is_only_in_the_store() {
    assert_eq!(naming("server/src", &["sea_query", "sqlx::"], &["server/src/store"]), Vec::<String>::new());
}

#[test]
fn the_server_knows_of_leptos_only_where_it_renders() {
    assert_eq!(naming("server/src", &["leptos::"], &["server/src/render.rs"]), Vec::<String>::new());
}

#[test]
fn there_are_no_server_functions_and_no_second_router() {
    assert_eq!(naming("web/src", &["#[server", "leptos_router"], &[]), Vec::<String>::new());
}

#[test]
fn schema_does_no_io() {
    assert_eq!(naming("schema/src", &["std::fs", "std::net", "std::env", "tokio", "sqlx"], &[]), Vec::<String>::new());
}

#[test]
fn pages_and_the_api_change_nothing_themselves() {
    let writing = ["db.write()", ".commit()"];
    assert_eq!(naming("server/src/api", &writing, &[]), Vec::<String>::new());
    assert_eq!(naming("server/src/page", &writing, &[]), Vec::<String>::new());
}

#[test]
fn reading_input_needs_no_database_and_no_clock() {
    assert_eq!(naming("server/src/ingest", &["crate::store", "crate::act", "crate::clock", "crate::app"], &[]), Vec::<String>::new());
}

/// Words such as `delta.filed` between these two marks.
fn kinds(text: &str, before: &str, after: &str) -> BTreeSet<String> {
    let parts = text.split(before).skip(1).filter_map(|part| part.split(after).next());
    let is_kind = |word: &&str| word.contains('.') && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'.');
    parts.filter(is_kind).map(str::to_owned).collect()
}

#[test]
fn the_events_that_are_described_are_those_that_happen() {
    let text = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).expect("the architecture");
    let told = text.split_once("| noun | events |").expect("the table of events").1.split_once("\n\n").expect("its end").0;
    let told: BTreeSet<_> = told.lines().flat_map(|line| kinds(line, " `", "`")).collect();
    let code: String = sources("server/src").into_iter().map(|(_, text)| text).collect();
    let named: Vec<_> = told.iter().filter(|kind| !code.contains(&format!("\"{kind}\""))).collect();
    assert!(named.is_empty(), "nothing tells of {named:?}");
    let happen = kinds(&code, "Event::new(\"", "\"");
    let untold: Vec<_> = happen.difference(&told).collect();
    assert!(untold.is_empty() && happen.len() > 50, "not described: {untold:?}");
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |folder: &str| -> BTreeSet<_> {
        fs::read_dir(root().join("migrations").join(folder))
            .expect("migrations")
            .map(|entry| entry.expect("an entry").file_name())
            .collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

/// Tables and columns of the database under test, as its migrations made them.
async fn columns(app: &TestApp) -> BTreeMap<String, BTreeSet<String>> {
    let url = &app.app.config.database_url;
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let pairs: Vec<(String, String)> = if url.starts_with("sqlite:") {
        let pool = sqlx::SqlitePool::connect(url).await.expect("SQLite opens");
        let sql = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'";
        sqlx::query(sql).fetch_all(&pool).await.expect("its tables").iter().map(|row| (row.get(0), row.get(1))).collect()
    } else {
        let pool = sqlx::PgPool::connect(url).await.expect("PostgreSQL opens");
        let sql = "SELECT table_name::text, column_name::text FROM information_schema.columns WHERE table_schema = 'public'";
        sqlx::query(sql).fetch_all(&pool).await.expect("its tables").iter().map(|row| (row.get(0), row.get(1))).collect()
    };
    for (table, column) in pairs {
        if !table.starts_with("_sqlx") && !table.starts_with("sqlite_") && !table.starts_with("delta_search") {
            tables.entry(table).or_default().insert(column);
        }
    }
    tables
}

/// What `store/table` says there is.
fn named() -> BTreeMap<String, BTreeSet<String>> {
    let snake = |name: &str| -> String {
        let mut out = String::new();
        for c in name.chars() {
            if c.is_ascii_uppercase() && !out.is_empty() {
                out.push('_');
            }
            out.push(c.to_ascii_lowercase());
        }
        out
    };
    let mut text = fs::read_to_string(root().join("server/src/store/table.rs")).expect("table.rs");
    for file in fs::read_dir(root().join("server/src/store/table")).expect("its folder") {
        text += &fs::read_to_string(file.expect("a file").path()).expect("a text");
    }
    let mut tables = BTreeMap::new();
    for part in text.split("pub enum ").skip(1) {
        let (name, rest) = part.split_once(" {").expect("an enum");
        let (body, _) = rest.split_once('}').expect("its end");
        let columns = body.split(',').map(str::trim).filter(|word| !word.is_empty() && *word != "Table").map(snake).collect();
        if !name.starts_with("DeltaSearch") {
            tables.insert(snake(name), columns);
        }
    }
    tables
}

#[tokio::test]
async fn the_names_in_the_code_are_those_of_the_database() {
    let app = TestApp::start().await;
    assert_eq!(columns(&app).await, named());
}

#[tokio::test]
async fn bringing_the_schema_up_to_date_again_changes_nothing() {
    let app = TestApp::start().await;
    let before = columns(&app).await;
    app.app.db.migrate().await.expect("again");
    assert_eq!(columns(&app).await, before);
}
