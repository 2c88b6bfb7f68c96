#include "app/verbs/storage_arguments.h"

#include "app/verbs/storage_type.h"
#include "core/base/error.h"
#include "core/base/utf8.h"

namespace heedmap {

void StorageArguments::declare(CLI::App& verb)
{
    verb.add_option("--sites", sites,
                    "Attention modules to keep, as patterns of NAME or PASS/NAME: \"question/*\", "
                    "\"*.layer.2.crossattention.*\". Without it: all")
        ->type_name("PATTERN...");
    declareStorageType(verb, dtype)->capture_default_str();
    verb.add_option("--budget", budget,
                    "Refuse, before anything is computed, a capture that could take more bytes: 500000, 2MiB, 1GiB")
        ->transform(CLI::AsSizeValue(false))
        ->type_name("BYTES");
}

void StorageArguments::addTo(Json& options) const
{
    for (const std::string& pattern : sites)
        if (!isValidUtf8(pattern))
            throw Error(ErrorKind::InvalidRequest, "a pattern of --sites is not valid UTF-8");
    if (!sites.empty())
        options["sites"] = sites;
    if (const DType type = storageTypeFromText(dtype); type != DType::F32)
        options["storage_dtype"] = dtypeName(type);
    if (budget)
        options["byte_budget"] = *budget;
}

} // namespace heedmap
