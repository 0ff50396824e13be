//! How statements are run: connections of a request, changes that wait for the next statement.

use schema::user::Role;
use sea_query::{Expr, ExprTrait, Query};
use server::store::{
    db::{Db, Tx, with_one_reader},
    table::{OrgMember, Setting},
};

use crate::support::TestApp;

async fn value(tx: &mut Tx, key: &str) -> Option<String> {
    let select = Query::select().column(Setting::Value).from(Setting::Table).and_where(Expr::col(Setting::Key).eq(key)).to_owned();
    tx.optional::<(String,)>(&select).await.expect("an answer").map(|(value,)| value)
}

fn insert(key: &str, value: &str) -> sea_query::InsertStatement {
    Query::insert().into_table(Setting::Table).columns([Setting::Key, Setting::Value]).values_panic([key.into(), value.into()]).to_owned()
}

fn update(key: &str, value: &str) -> sea_query::UpdateStatement {
    Query::update().table(Setting::Table).value(Setting::Value, value).and_where(Expr::col(Setting::Key).eq(key)).to_owned()
}

#[tokio::test]
async fn what_runs_later_runs_in_its_turn() {
    let app = TestApp::start().await;
    let mut tx = app.app.db.write().await.expect("a transaction");
    tx.later(&insert("a", "1")).await.expect("taken");
    tx.later(&update("a", "2")).await.expect("taken");
    assert_eq!(value(&mut tx, "a").await.as_deref(), Some("2"), "the next statement sees it");
    tx.later(&update("a", "3")).await.expect("taken");
    assert_eq!(tx.run(&update("a", "4")).await.expect("run"), 1, "rows are counted of one's own");
    tx.later(&insert("b", "5")).await.expect("taken");
    tx.commit().await.expect("kept");
    let mut tx = app.app.db.read().await.expect("a connection");
    assert_eq!((value(&mut tx, "a").await.as_deref(), value(&mut tx, "b").await.as_deref()), (Some("4"), Some("5")));
}

#[tokio::test]
async fn what_was_to_run_later_and_fails_keeps_everything_back() {
    let app = TestApp::start().await;
    let mut tx = app.app.db.write().await.expect("a transaction");
    tx.later(&insert("a", "1")).await.expect("taken");
    let nobody = Query::insert()
        .into_table(OrgMember::Table)
        .columns([OrgMember::OrgId, OrgMember::UserId, OrgMember::Role, OrgMember::AddedAt])
        .values_panic([uuid::Uuid::nil().into(), uuid::Uuid::nil().into(), Role::Owner.as_str().into(), app.app.clock.now().into()])
        .to_owned();
    let refused = match tx.later(&nobody).await {
        Ok(()) => tx.commit().await.is_err(),
        Err(_) => {
            drop(tx);
            true
        }
    };
    assert!(refused, "there is no such organisation");
    let mut tx = app.app.db.read().await.expect("a connection");
    assert_eq!(value(&mut tx, "a").await, None);
}

#[tokio::test]
async fn who_comes_to_write_after_reading_does_not_wait_for_themselves() {
    let app = TestApp::start().await;
    let db = Db::open(&app.app.config.database_url, 1).await.expect("the database opens");
    let both = with_one_reader(async {
        for number in 0..3 {
            let mut tx = db.read().await.expect("a connection");
            assert_eq!(value(&mut tx, "a").await.is_some(), number > 0);
            drop(tx);
            let mut tx = db.write().await.expect("a transaction");
            if number == 0 {
                tx.run(&insert("a", "1")).await.expect("run");
            }
            tx.commit().await.expect("kept");
        }
    });
    tokio::time::timeout(std::time::Duration::from_secs(4), both).await.expect("no waiting");
    db.close().await;
}
