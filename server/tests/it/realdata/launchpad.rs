use std::time::Instant;

use server::act::import::{Import, Options, Report};

use super::{files, folder};
use crate::support::TestApp;

async fn all(app: &TestApp, paths: &[std::path::PathBuf]) -> Report {
    let options = Options { project: Some("openstack".into()), create_projects: true, ..Options::default() };
    let mut import = Import::new(&app.app, "mara", options).await.expect("mara imports");
    for path in paths {
        let bytes = std::fs::read(path).expect("a file");
        let mut bugs = server::ingest::launchpad::read(&bytes, Default::default());
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        while let Some(record) = bugs.next() {
            match record {
                Ok(bug) => import.push(&name, bugs.position(), bug).await.expect("kept"),
                Err(bad) => import.bad(&name, &bad),
            }
        }
    }
    import.finish().await.expect("finished")
}

#[tokio::test]
async fn launchpad_files_are_imported_once() {
    let Some(folder) = folder("launchpad") else { return };
    let app = TestApp::start().await;
    let mara = app.person("mara").await;
    let paths: Vec<_> = files(&folder).into_iter().filter(|path| path.to_string_lossy().ends_with(".jsonl.gz")).collect();
    let started = Instant::now();
    let first = all(&app, &paths).await;
    println!("{first}{:?}", started.elapsed());
    for bad in &first.bad {
        println!("{bad}");
    }
    assert!(first.added > 0);
    let seen = mara.get("/api/v1/deltas/D-1").await.ok();
    let again = all(&app, &paths).await;
    println!("{again}");
    assert_eq!((again.added, again.changed, again.projects, again.duplicates), (0, 0, 0, 0));
    assert_eq!(seen.json, mara.get("/api/v1/deltas/D-1").await.ok().json);
}
