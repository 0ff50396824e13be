//! Comments on the pages, without script.

use serde_json::json;

use crate::support::{Client, TestApp};

async fn world(app: &TestApp) -> (Client, Client) {
    let (mara, tom) = (app.browser("mara").await, app.browser("tom").await);
    let (maintainer, reporter) = (app.person("nils").await, app.person("ada").await);
    app.project("neutron", &maintainer).await;
    maintainer.put("/api/v1/projects/neutron/maintainers/mara", json!({})).await.ok();
    app.delta(&reporter, json!({})).await;
    (mara, tom)
}

/// Where the comment stands: the page's address and its id.
async fn say(client: &Client, body: &str) -> String {
    let to = client.form("/deltas/D-1/comments", &[("body", body)]).await.leads();
    to.split_once('#').expect("a place").1.to_owned()
}

fn at(id: &str, part: &str) -> String {
    let id = uuid::Uuid::parse_str(id).expect("an id");
    format!("/deltas/D-1/comments/{id}{part}")
}

#[tokio::test]
async fn a_comment_is_changed_and_its_page_says_how() {
    let app = TestApp::start().await;
    let (mara, tom) = world(&app).await;
    let id = say(&tom, "A port is DOWN.\r\nTwo lines.").await;
    let form = tom.get(&at(&id, "")).await.ok();
    assert!(form.text.contains("name=\"version\" value=\"1\"") && form.text.contains("A port is DOWN."), "{}", form.text);
    tom.form(&at(&id, ""), &[("version", "1"), ("body", "A port is ACTIVE.\r\nTwo lines.")]).await.leads();
    let page = mara.get("/deltas/D-1").await.ok();
    assert!(page.text.contains("how tom’s comment changed"), "{}", page.text);
    let page = app.anyone().get(&at(&id, "/revisions")).await.ok();
    assert!(page.text.contains("<del>DOWN</del>") || page.text.contains("<del>DOWN.</del>"), "{}", page.text);
    assert!(page.text.contains("First text") && page.text.contains("Two lines."), "{}", page.text);
    let stale = tom.form(&at(&id, ""), &[("version", "1"), ("body", "Mine")]).await.refused(412);
    assert!(stale.text.contains("was changed after you loaded it") && stale.text.contains("Mine"), "{}", stale.text);
    mara.form(&at(&id, ""), &[("version", "2"), ("body", "Hers")]).await.refused(403);
}

#[tokio::test]
async fn the_history_of_a_comment_has_pages() {
    let app = TestApp::start().await;
    let (_, tom) = world(&app).await;
    let id = say(&tom, "Text 1.").await;
    for n in 2..=12 {
        tom.form(&at(&id, ""), &[("body", &format!("Text {n}."))]).await.leads();
    }
    let first = app.anyone().get(&at(&id, "/revisions")).await.ok();
    assert!(first.text.contains("Text 12") && !first.text.contains("First text"), "{}", first.text);
    assert!(first.text.contains("/revisions?cursor=3\""), "{}", first.text);
    // The last one of a page says what changed since the text on the next.
    assert_eq!(first.text.matches("<del>").count(), 10, "{}", first.text);
    let second = app.anyone().get(&at(&id, "/revisions?cursor=3")).await.ok();
    assert!(second.text.contains("First text") && !second.text.contains("?cursor="), "{}", second.text);
    app.anyone().get(&at(&id, "/revisions?cursor=x")).await.refused(422);
}

#[tokio::test]
async fn a_task_is_ticked_by_a_button() {
    let app = TestApp::start().await;
    let (mara, tom) = world(&app).await;
    let id = say(&tom, "- [ ] measure\r\n- [x] read").await;
    let page = tom.get("/deltas/D-1").await.ok();
    assert!(page.text.contains("value=\"1+\" role=\"checkbox\" aria-checked=\"false\""), "{}", page.text);
    assert!(!mara.get("/deltas/D-1").await.ok().text.contains("value=\"1+\""));
    let to = tom.form(&at(&id, "/tick"), &[("version", "1"), ("tick", "1+")]).await.leads();
    assert!(to.ends_with(&id), "{to}");
    assert!(tom.get("/deltas/D-1").await.ok().text.contains("value=\"1-\" role=\"checkbox\" aria-checked=\"true\""));
    tom.form(&at(&id, "/tick"), &[("version", "1"), ("tick", "1-")]).await.refused(412);
    for wrong in ["x", "1", "+", "99+"] {
        assert!(tom.form(&at(&id, "/tick"), &[("version", "2"), ("tick", wrong)]).await.status.is_client_error(), "{wrong}");
    }
}

#[tokio::test]
async fn a_comment_is_quoted_with_its_place() {
    let app = TestApp::start().await;
    let (mara, tom) = world(&app).await;
    let id = say(&tom, "One\r\n\r\n@mara two").await;
    let page = mara.get(&format!("/deltas/D-1?quote={id}")).await.ok();
    assert!(page.text.contains(&format!("> [tom](/deltas/D-1#{id}) wrote:\n>\n> One\n>\n> @mara two")), "{}", page.text);
    // What is not there is not quoted.
    mara.get("/deltas/D-1?quote=00000000-0000-7000-8000-000000000007").await.ok();
    mara.get("/deltas/D-1?quote=x").await.refused(422);
}

#[tokio::test]
async fn maintainers_fold_delete_and_lock_by_forms() {
    let app = TestApp::start().await;
    let (mara, tom) = world(&app).await;
    let id = say(&tom, "Buy hats.").await;
    tom.form(&at(&id, "/minimise"), &[("reason", "spam")]).await.refused(403);
    mara.form(&at(&id, "/minimise"), &[("reason", "dull")]).await.refused(422);
    mara.form(&at(&id, "/minimise"), &[("reason", "spam")]).await.leads();
    assert!(app.anyone().get("/deltas/D-1").await.ok().text.contains("Folded by a maintainer as spam"));
    mara.form(&at(&id, "/minimise"), &[("reason", "")]).await.leads();
    assert!(!app.anyone().get("/deltas/D-1").await.ok().text.contains("Folded"));
    tom.form("/deltas/D-1/lock", &[("reason", "x")]).await.refused(403);
    mara.form("/deltas/D-1/lock", &[("reason", "Too heated")]).await.leads();
    let page = tom.get("/deltas/D-1").await.ok();
    assert!(page.text.contains("locked: Too heated") && !page.text.contains("action=\"/deltas/D-1/comments\""), "{}", page.text);
    tom.form("/deltas/D-1/comments", &[("body", "But!")]).await.refused(403);
    mara.form("/deltas/D-1/comments", &[("body", "A word.")]).await.leads();
    mara.form("/deltas/D-1/lock", &[("open", "yes")]).await.leads();
    tom.form("/deltas/D-1/comments", &[("body", "Thanks.")]).await.leads();
    mara.form(&at(&id, "/delete"), &[]).await.leads();
    let page = app.anyone().get("/deltas/D-1").await.ok();
    assert!(page.text.contains("a maintainer deleted a comment of tom") && !page.text.contains("Buy hats"), "{}", page.text);
}

#[tokio::test]
async fn without_script_a_form_is_shown_before_it_is_sent() {
    let app = TestApp::start().await;
    let (_, tom) = world(&app).await;
    let fields = [("body", "It *is* <so>"), ("version", "7")];
    let page = tom.form("/preview?to=/deltas/D-1/comments&words=Comment", &fields).await.ok();
    for part in ["<em>is</em>", "action=\"/deltas/D-1/comments\"", "name=\"version\" value=\"7\"", "It *is* &lt;so>"] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert!(!page.text.contains("<so>"), "{}", page.text);
    for to in ["https://evil.example/", "//evil.example/x", "javascript:alert(1)", "deltas"] {
        tom.form(&format!("/preview?to={to}"), &fields).await.refused(422);
    }
    app.anyone().form("/preview?to=/deltas/D-1/comments", &fields).await.refused(401);
}
