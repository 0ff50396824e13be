//! What an operator is told when it cannot start, and what is left untouched then.

use std::{fs, path::Path};

use server::{
    clock::Clock,
    command::verify,
    config::{Config, DatabaseArgs, FilesArgs, FilesConfig, Storage},
    password::COST,
    serve::Server,
    store::db::Db,
};

async fn told(url: &str) -> String {
    Db::open(url, 2).await.err().unwrap_or_else(|| panic!("{url} opens")).to_string()
}

#[tokio::test]
async fn a_database_that_does_not_open_is_named_with_the_reason() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("text.db");
    fs::write(&file, "This is no database, and long enough to be one. ".repeat(100)).expect("written");
    let text = told(&format!("sqlite:{}", file.display())).await;
    assert_eq!(text, format!("cannot open sqlite:{}: file is not a database", file.display()));
    for url in ["sqlite:", "sqlite://", "sqlite::memory:", "mysql://x"] {
        assert!(told(url).await.contains("sqlite:"), "{url}");
    }
    // Nobody listens on this port.
    let text = told("postgres://mara:secret@127.0.0.1:1/delta").await;
    assert!(text.starts_with("cannot open postgres://127.0.0.1:1/delta: ") && !text.contains("secret"), "{text}");
}

#[tokio::test]
async fn verify_makes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("new/delta.db");
    let args = DatabaseArgs {
        config: None,
        database_url: Some(format!("sqlite:{}", path.display())),
        connections: None,
        files: FilesArgs::default(),
    };
    let text = verify::run(args).await.expect_err("nothing to verify").to_string();
    assert!(text.starts_with("there is no database at ") && !folder.path().join("new").exists(), "{text}");
}

#[tokio::test]
async fn where_the_address_is_taken_no_database_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let config = Config {
        database_url: format!("sqlite:{}", folder.path().join("delta.db").display()),
        connections: 2,
        listen: taken.local_addr().expect("an address"),
        base_url: "http://deltaboard.test".to_owned(),
        registration: "open".to_owned(),
        newcomer_comments: 0,
        files: FilesConfig { storage: Storage::Folder(folder.path().join("attachments")), size: 1, total: 1, refuse: Vec::new() },
        password_cost: COST,
    };
    let text = Server::bind(config, Clock::default()).await.err().expect("the port is taken").to_string();
    assert!(text.starts_with("cannot listen on 127.0.0.1:"), "{text}");
    assert!(!Path::new(folder.path()).join("delta.db").exists());
}
