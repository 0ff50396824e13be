//! Everybody in the journey.

use super::world::{PASSWORD, World};
use anyhow::{Result, ensure};

/// Name as shown, by handle. `ada` runs the instance, `mira` maintains the project, `u…` use it, `otto` belongs to nobody.
pub const PEOPLE: [(&str, &str); 13] = [
    ("ada", "Ada Admin"),
    ("mira", "Mira Maintainer"),
    ("olga", "Olga of Northwind"),
    ("nils", "Nils of Northwind"),
    ("boris", "Boris of Basalt"),
    ("bea", "Bea of Basalt"),
    ("cleo", "Cleo of Cinnabar"),
    ("uma", "Uma User"),
    ("ugo", "Ugo User"),
    ("ulla", "Ulla User"),
    ("udo", "Udo User"),
    ("ursa", "Ursa User"),
    ("otto", "Otto Outsider"),
];

/// Makes them and a token for each, with the commands an operator has.
pub async fn create(world: &mut World) -> Result<String> {
    for (name, display_name) in PEOPLE {
        let email = format!("{name}@example.org");
        let mut args = vec!["user", "create", name, "--display-name", display_name, "--email", &email];
        args.extend((name == "ada").then_some("--admin"));
        world.ground.command(&args, PASSWORD)?;
        let printed = world.ground.command(&["token", "create", name, "--name", "walk", "--scope", "read", "--scope", "write"], "")?;
        let token = printed.split_whitespace().find(|word| word.starts_with("dlb_"));
        let token = token.ok_or_else(|| anyhow::anyhow!("token create printed no token: {printed}"))?;
        world.people.insert(name, world.guest.with(token));
    }
    let me = world.as_("uma")?.get("me").await?;
    ensure!(me["name"] == "uma" && me["is_admin"] == false, "the token's owner is not uma: {me}");
    ensure!(world.guest.status("me").await? == 401, "a guest is somebody");
    Ok(format!("{} people and their tokens, made by command; each token knows its owner", PEOPLE.len()))
}
