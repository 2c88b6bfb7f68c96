#include "core/tokenizer/tokenizer.h"

#include "core/base/error.h"
#include "core/tokenizer/pipeline_tokenizer.h"
#include "core/tokenizer/tokenizer_files.h"

namespace heedmap {

std::shared_ptr<const Tokenizer> Tokenizer::open(const std::filesystem::path& folder)
{
    if (std::filesystem::exists(folder / "tokenizer.json"))
        return std::make_shared<PipelineTokenizer>(readTokenizerJson(folder / "tokenizer.json"));
    if (std::filesystem::exists(folder / "vocab.txt"))
        return std::make_shared<PipelineTokenizer>(readVocabTxt(folder));
    if (std::filesystem::exists(folder / "vocab.json") && std::filesystem::exists(folder / "merges.txt"))
        return std::make_shared<PipelineTokenizer>(readMergesTxt(folder));
    throw Error(ErrorKind::NotFound, "{} has neither tokenizer.json nor vocab.txt nor vocab.json with merges.txt",
                folder.string());
}

} // namespace heedmap
