//! Words that tell little about what a report is about.

/// Words of the language: not looked for.
pub(super) const STOP: &str = "the and for with that this not are was were but has have had can from when after before then than its should would could \
    does did will into all any you your there which while where what who been being they them our out one also only some such get use using \
    a an is it in on of to be as at by or if so no we i my me do how why now just very too more most other same own each both few those these he she his \
    her him us about above below between during over under again further once here through until up down off because against nor don isn didn doesn \
    wasn weren won couldn shouldn aren haven hadn hasn ll re ve am etc eg ie however instead still yet ever though although since per via upon within \
    without might may must shall let like want need make made see seen say says said give gives given take taken come go goes went gone put try \
    tried tries look looks looking please thanks thank hi hello dear anyone someone something nothing anything everything thing things way ways lot bit";

/// Words of reports: they count for less.
pub(super) const FAINT: &str = "bug issue problem error fails failing failure wrong broken break work works expected result actual behavior behaviour step \
    reproduce reproduced observed happens occurs cause version environment description log message line file traceback recent call last python lib usr \
    http https www com org html net debug info warning critical trace none null true false return returns self def class import name id time test run \
    at main src var opt home tmp java node exception thread stack caused";
