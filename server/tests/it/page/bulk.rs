use crate::support::{Client, TestApp};

async fn world() -> (TestApp, Client, Client) {
    let app = TestApp::start().await;
    let (mara, tom) = (app.browser("mara").await, app.browser("tom").await);
    for slug in ["neutron", "nova"] {
        let who = if slug == "nova" { &tom } else { &mara };
        who.form("/projects", &[("slug", slug), ("name", slug), ("description", "")]).await.leads();
        let filled = [("kind", "bug"), ("project", slug), ("title", "It breaks"), ("desired", "Up."), ("actual", "Down."), ("seen", "yes")];
        tom.form("/deltas/new", &filled).await.leads();
    }
    (app, mara, tom)
}

#[tokio::test]
async fn who_maintains_a_project_chooses_its_rows_and_others_see_no_boxes() {
    let (app, mara, _) = world().await;
    let page = mara.get("/deltas").await.ok();
    assert!(page.text.contains(r#"name="delta" value="D-1""#) && page.text.contains("With the chosen deltas"), "{}", page.text);
    assert!(!page.text.contains(r#"name="delta" value="D-2""#), "{}", page.text);
    for client in [app.anyone(), app.browser("ann").await] {
        let page = client.get("/deltas").await.ok();
        assert!(!page.text.contains("name=\"delta\"") && !page.text.contains("With the chosen deltas"), "{}", page.text);
    }
}

#[tokio::test]
async fn several_are_changed_by_a_plain_form_and_that_is_undone() {
    let (app, mara, tom) = world().await;
    let sent = [("delta", "D-1"), ("delta", "D-2"), ("do", "labels.add"), ("labels", "gate, upgrade"), ("q", "is:open"), ("cursor", "")];
    app.anyone().form("/deltas/bulk", &sent).await.refused(401);
    let to = mara.form("/deltas/bulk", &sent).await.leads();
    let page = mara.get(&to).await.ok();
    for words in ["Add the labels gate, upgrade", "1 done, 1 refused", "Only its reporter and the maintainers", "Undo"] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    assert!(!page.headers.contains_key("refresh"));
    tom.get(&to).await.refused(404);
    app.anyone().get(&to).await.refused(401);
    assert!(mara.get("/deltas/D-1").await.ok().text.contains(">gate<"));
    assert_eq!(mara.form(&format!("{to}/undo"), &[]).await.leads(), to);
    let page = mara.get(&to).await.ok();
    assert!(page.text.contains("1 refused, 1 undone") && !page.text.contains(&format!("{to}/undo")), "{}", page.text);
    assert!(!mara.get("/deltas/D-1").await.ok().text.contains(">gate<"));
}

#[tokio::test]
async fn a_refused_change_keeps_what_was_chosen_and_typed() {
    let (_app, mara, _) = world().await;
    let sent = [("delta", "D-1"), ("do", "duplicate"), ("of", "that one"), ("reason", "Kept words."), ("q", "is:open"), ("cursor", "")];
    let page = mara.form("/deltas/bulk", &sent).await.refused(422);
    assert!(page.text.contains("is not a key such as D-1042") && page.text.contains("Kept words."), "{}", page.text);
    let row = page.text.split_once(r#"value="D-1""#).unwrap().1.split_once('>').unwrap().0;
    assert!(row.contains("checked"), "{row}");
    let none = mara.form("/deltas/bulk", &[("do", "labels.add"), ("labels", "x")]).await.refused(422);
    assert!(none.text.contains("choose at least one"), "{}", none.text);
    let nothing = mara.form("/deltas/bulk", &[("delta", "D-1"), ("do", "labels.add"), ("labels", " ")]).await.refused(422);
    assert!(nothing.text.contains("name what to add"), "{}", nothing.text);
    mara.form("/deltas/bulk", &[("delta", "D-1"), ("do", "explode")]).await.refused(422);
}

#[tokio::test]
async fn a_change_refused_below_the_list_of_everything_shows_everything_again() {
    let (_app, mara, _) = world().await;
    mara.form("/views", &[("owner", "me"), ("name", "Crashes"), ("query", "kind:crash"), ("default", "1")]).await.leads();
    let sent = [("delta", "D-1"), ("do", "duplicate"), ("of", "that one"), ("q", ""), ("cursor", "")];
    let page = mara.form("/deltas/bulk", &sent).await.refused(422);
    assert!(!page.text.contains("Opened with your view"), "{}", page.text);
    let row = page.text.split_once(r#"value="D-1""#).expect("the row that was chosen").1.split_once('>').unwrap().0;
    assert!(row.contains("checked"), "{row}");
}
