#include "app/verbs/intervention_arguments.h"

#include "app/verbs/position_lists.h"
#include "core/base/error.h"
#include "core/base/nearest_names.h"

#include <utility>

namespace heedmap {

namespace {

/// "question_picture.L2"
std::string shortName(const AttentionSite& site)
{
    return fmt::format("{}.L{}", site.group, site.layer);
}

const AttentionSite& siteNamed(const Manifest& manifest, const std::string& name)
{
    std::vector<std::string> known;
    for (const AttentionSite& site : manifest.sites) {
        if (site.name == name || shortName(site) == name)
            return site;
        known.push_back(site.name);
        known.push_back(shortName(site));
    }
    throw Error(ErrorKind::InvalidRequest,
                "there is no attention module \"{}\" to mute{} (heedmap info lists the modules of a capture)", name,
                didYouMean(name, known));
}

void addMutes(const std::string& argument, const Manifest& manifest, std::vector<Intervention>& interventions)
{
    const auto [name, heads] = splitArgument("--mute", argument, "SITE:HEADS, such as question_picture.L2:1");
    const AttentionSite& site = siteNamed(manifest, name);
    for (const int head : headsNamed(heads, "--mute " + argument, site.name, site.heads))
        interventions.push_back(MuteHead{site.name, head});
}

HideKeys hideFrom(const std::string& argument, const Manifest& manifest)
{
    AxisPositions named = positionsNamed("--hide", argument, manifest);
    return {std::move(named.axis), std::move(named.positions)};
}

} // namespace

void InterventionArguments::declare(CLI::App& verb)
{
    verb.add_option("--mute", mutes, "Heads whose output is lost; may be given again")
        ->type_name("SITE:HEADS")
        ->type_size(1)
        ->allow_extra_args(false);
    verb.add_option("--hide", hides, "Positions nothing may look at; may be given again")
        ->type_name("AXIS:POSITIONS")
        ->type_size(1)
        ->allow_extra_args(false);
    verb.footer("SITE is a module's name as heedmap info lists it, or GROUP.LAYER: question_picture.L2. HEADS: 1 or "
                "0,2-3.\n"
                "POSITIONS count from 0, CLS included: picture:12,20-25. Words of a text: question:small.\n"
                "On a picture also one rectangle, ends included: rows and columns of patches from 0, "
                "picture:r3-5,c10-12,\n"
                "or pixels of the upright picture, picture:x120-300,y40-200 (every patch whose centre lies in it).\n"
                "Of sound also seconds, sound:s0.6-0.7 (every position whose centre lies there).");
}

std::vector<Intervention> InterventionArguments::on(const Manifest& manifest) const
{
    std::vector<Intervention> interventions;
    for (const std::string& mute : mutes)
        addMutes(mute, manifest, interventions);
    for (const std::string& hide : hides)
        interventions.push_back(hideFrom(hide, manifest));
    return interventions;
}

} // namespace heedmap
