//! StoryBoard's stories: a dump of the answers of its `/v1`, one JSON object with a list (or a map by story) for each resource.
//!
//! `stories` are needed; `tasks` (or `story_tasks`), `story_comments`, `story_events`, `projects`, `users`, `worklists` and `boards` come
//! along. A list of stories alone is read as well.
//!
//! | StoryBoard | here |
//! |---|---|
//! | story | delta: a bug, or a spec where `is_bug` is false; private stays private |
//! | all tasks merged, or merged and invalid | closed; all invalid: declined |
//! | the projects of its tasks | places |
//! | task | task of the organisation of `--org`, linked to the delta |
//! | place in a worklist or lane | order of the tasks there |
//! | board with lanes | board with columns |
//! | automatic worklist | lost: its query is none of ours |

mod lane;
mod story;

use std::collections::HashMap;

use serde_json::Value;

use super::tracker::{Fields, Found, Item, Person, Site};

/// The mark of StoryBoard's people.
const MARK: &str = "sb";

/// What the stories of a dump refer to.
struct World<'a> {
    site: &'a Site,
    projects: HashMap<i64, String>,
    people: HashMap<i64, Person>,
    tasks: HashMap<i64, Vec<Fields<'a>>>,
    comments: HashMap<i64, Vec<Fields<'a>>>,
    events: HashMap<i64, Vec<Fields<'a>>>,
    lanes: lane::Lanes,
}

/// The records of a JSON value.
pub fn items(site: &Site, value: Value) -> Found {
    let Ok(fields) = Fields::of(&value) else { return vec![(None, Err("not a JSON object".to_owned()))] };
    if !fields.has("stories") {
        return vec![(None, alone(site, fields))];
    }
    let world = match World::of(site, fields) {
        Ok(world) => world,
        Err(reason) => return vec![(None, Err(reason))],
    };
    let mut found: Found = Vec::new();
    for item in world.lanes.items() {
        found.push((None, Ok(item)));
    }
    match fields.list("stories") {
        Ok(stories) => {
            for (index, story) in stories.iter().enumerate() {
                let read = Fields::of(story).and_then(|story| story::read(&world, story));
                found.push((Some(index + 1), read.map(|record| Item::Record(Box::new(record)))));
            }
        }
        Err(reason) => found.push((None, Err(reason))),
    }
    found
}

/// A story without the rest.
fn alone(site: &Site, fields: Fields<'_>) -> Result<Item, String> {
    if !fields.has("is_bug") && !fields.has("story_type_id") {
        return Err("not a story: export the answers of /v1 as one object with `stories`".to_owned());
    }
    let world = World {
        site,
        projects: HashMap::new(),
        people: HashMap::new(),
        tasks: HashMap::new(),
        comments: HashMap::new(),
        events: HashMap::new(),
        lanes: lane::Lanes::default(),
    };
    story::read(&world, fields).map(|record| Item::Record(Box::new(record)))
}

impl<'a> World<'a> {
    fn of(site: &'a Site, fields: Fields<'a>) -> Result<Self, String> {
        let mut projects = HashMap::new();
        for project in objects(fields, "projects")? {
            projects.insert(number(project, "projects", "id")?, project.need("name")?);
        }
        let mut people = HashMap::new();
        for user in objects(fields, "users")? {
            let id = number(user, "users", "id")?;
            let shown = user.some("full_name")?;
            // Only the number tells two people of the same name apart, and addresses are nobody else's business.
            people.extend(Person::new(MARK, &format!("user-{id}"), shown.as_deref()).map(|person| (id, person)));
        }
        let tasks = if fields.has("tasks") { grouped(fields, "tasks")? } else { grouped(fields, "story_tasks")? };
        let (comments, events) = (grouped(fields, "story_comments")?, grouped(fields, "story_events")?);
        Ok(World { site, projects, people, tasks, comments, events, lanes: lane::Lanes::of(fields)? })
    }
}

fn objects<'a>(fields: Fields<'a>, name: &str) -> Result<Vec<Fields<'a>>, String> {
    fields.list(name)?.iter().map(|value| Fields::of(value).map_err(|reason| format!("`{name}`: {reason}"))).collect()
}

fn number(fields: Fields<'_>, of: &str, name: &str) -> Result<i64, String> {
    fields.int(name)?.ok_or_else(|| format!("`{of}`: `{name}` is missing"))
}

/// What belongs to a story: a list of things that name it, or a map of such lists.
fn grouped<'a>(fields: Fields<'a>, name: &str) -> Result<HashMap<i64, Vec<Fields<'a>>>, String> {
    let mut found: HashMap<i64, Vec<Fields<'a>>> = HashMap::new();
    match fields.value(name) {
        Some(Value::Object(map)) => {
            let map = map.iter().map(|(story, list)| (story, list.as_array()));
            for (story, list) in map {
                let story = story.parse().map_err(|_| format!("`{name}`: {:?} is no story", story.chars().take(60).collect::<String>()))?;
                let list = list.ok_or_else(|| format!("`{name}`: not a list"))?;
                found.insert(story, list.iter().map(Fields::of).collect::<Result<_, _>>()?);
            }
        }
        _ => {
            for object in objects(fields, name)? {
                found.entry(number(object, name, "story_id")?).or_default().push(object);
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests;
