#pragma once

#include "core/models/blip_config.h"
#include "core/models/blip_text.h"
#include "core/models/blip_vision.h"
#include "core/models/model_base.h"

#include <map>
#include <memory>
#include <string>

namespace heedmap {

constexpr const char* kBlipPicture = "picture"; ///< the input, and the axis of its positions

/// What a form of BLIP takes beside the picture and what it is for.
struct BlipTask
{
    std::string task;
    ModelInput text;
    bool generatesText = false;
    std::map<std::string, std::string> passNotes = {}; ///< as in ModelFacts
};

/// What the three forms share.
class BlipBase : public ModelBase
{
protected:
    BlipBase(std::shared_ptr<const Checkpoint> checkpoint, BlipConfig config, BlipTask task);

    const BlipConfig& config() const { return m_config; }

    // What the three functions after them will record; they return the number of positions of the states.
    std::int64_t planPicture(ModelPlan& plan) const;
    std::int64_t planText(ModelPlan& plan, const BlipTextModel& encoder, const std::string& passId,
                          std::int64_t picturePositions) const;
    void planGeneration(ModelPlan& plan, const BlipTextDecoder& decoder, const std::string& id,
                        std::int64_t promptLength, const std::string& statesAxis, std::int64_t statesPositions) const;

    /// The picture's states [1 + patches, hidden] as the pass "vision"; adds its axis.
    at::Tensor seePicture(ModelRun& run) const;
    /// The text encoder over the request's text as the pass `passId`; adds its axis unless it is there.
    /// Without `picture` cross-attention is left out.
    at::Tensor readText(ModelRun& run, const BlipTextModel& encoder, const std::string& passId,
                        const at::Tensor& picture) const;
    /// Decodes greedily from `prompt`, then replays the sequence as the pass and axis `id`, attending to `states`.
    /// `promptInput` as TextGeneration has it.
    void generate(ModelRun& run, const BlipTextDecoder& decoder, const std::string& id,
                  std::vector<std::int32_t> prompt, const std::string& promptInput, const at::Tensor& states,
                  const std::string& statesAxis) const;

private:
    BlipConfig m_config;
    std::string m_textInput; ///< the input, and the axis of its positions
    BlipVisionModel m_vision;
};

std::unique_ptr<Model> loadBlipQuestionAnswering(std::shared_ptr<const Checkpoint> checkpoint, BlipConfig config);
std::unique_ptr<Model> loadBlipRetrieval(std::shared_ptr<const Checkpoint> checkpoint, BlipConfig config);
std::unique_ptr<Model> loadBlipCaptioning(std::shared_ptr<const Checkpoint> checkpoint, BlipConfig config);

} // namespace heedmap
