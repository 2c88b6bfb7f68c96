#include "app/verbs/features_verb.h"

#include "core/base/error.h"
#include "core/base/files.h"
#include "core/base/npy.h"
#include "core/checkpoint/checkpoint.h"
#include "core/media/audio.h"
#include "core/media/log_mel.h"

#include <filesystem>
#include <memory>

namespace heedmap {

namespace {

struct FeaturesArguments
{
    std::string model;
    std::string audio;
    std::string out;
};

int writeFeatures(const FeaturesArguments& arguments)
{
    const std::shared_ptr<const Checkpoint> checkpoint = Checkpoint::open(arguments.model);
    if (checkpoint->preprocessorConfig().is_null())
        throw Error(ErrorKind::NotFound, "{} has no preprocessor_config.json; it says how recordings are prepared",
                    checkpoint->folder().string());
    const LogMelExtractor front = LogMelExtractor::fromConfig(checkpoint->preprocessorConfig());
    const std::vector<std::byte> file = readFile(arguments.audio, kMaxAudioBytes);
    const std::string name = std::filesystem::path(arguments.audio).filename().string();
    const MelFeatures features = front.recording(decodeAudio(file, name, front.sampleRate()).samples);
    writeFileAtomically(arguments.out, npyFromFloats(features.values, {features.bins, features.frames}));
    fmt::print("{}: float32 [{}, {}], {} s a frame\n", arguments.out, features.bins, features.frames,
               features.secondsPerFrame);
    return kDone;
}

} // namespace

Verb featuresVerb()
{
    return {"features", "Write the log-mel features of a recording, as a speech model is given them, as a NumPy array",
            VerbApplication::Core, [](CLI::App& verb) {
                const auto arguments = std::make_shared<FeaturesArguments>();
                verb.add_option("--model", arguments->model, "Folder of a speech model")->required();
                verb.add_option("--audio", arguments->audio, "Recording (WAV, FLAC, OGG, MP3 or AIFF)")->required();
                verb.add_option("--out", arguments->out, "File to write (.npy, float32 [bins, frames])")->required();
                verb.footer("One window, filled up with silence; all frames of a recording that is longer.");
                return [arguments] { return writeFeatures(*arguments); };
            }};
}

} // namespace heedmap
