#include "app/verbs/verb.h"

#include "app/verbs/align_verb.h"
#include "app/verbs/capture_verb.h"
#include "app/verbs/chain_verb.h"
#include "app/verbs/features_verb.h"
#include "app/verbs/heads_verb.h"
#include "app/verbs/info_verb.h"
#include "app/verbs/relevance_verb.h"
#include "app/verbs/render_verb.h"
#include "app/verbs/rerank_verb.h"
#include "app/verbs/stats_verb.h"
#include "app/verbs/svd_verb.h"
#include "app/verbs/synth_verb.h"
#include "app/verbs/transcribe_verb.h"
#include "app/verbs/weights_verb.h"
#include "app/verbs/whatif_verb.h"

#include <vector>

namespace heedmap {

std::span<const Verb> verbs()
{
    static const std::vector<Verb> kVerbs{infoVerb(),   captureVerb(), whatifVerb(),     headsVerb(),
                                          statsVerb(),  weightsVerb(), renderVerb(),     relevanceVerb(),
                                          svdVerb(),    synthVerb(),   transcribeVerb(), alignVerb(),
                                          rerankVerb(), chainVerb(),   featuresVerb()};
    return kVerbs;
}

} // namespace heedmap
