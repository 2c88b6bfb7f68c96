#include "widgets/views/view_registry.h"

#include "widgets/views/analyses_view.h"
#include "widgets/views/answer_view.h"
#include "widgets/views/head_finder_view.h"
#include "widgets/views/heads_view.h"
#include "widgets/views/layer_flow_view.h"
#include "widgets/views/links_view.h"
#include "widgets/views/matrix_view.h"
#include "widgets/views/sound_view.h"
#include "widgets/views/stage_view.h"
#include "widgets/views/svd_modes_view.h"
#include "widgets/views/tokens_view.h"
#include "widgets/views/what_if_view.h"

#include <QCoreApplication>

namespace heedmap {

namespace {

template <typename T>
View* create(ViewContext& context, QWidget* parent)
{
    return new T(context, parent);
}

const ViewEntry kViews[] = {
    {"tokens", QT_TRANSLATE_NOOP("heedmap::View", "Tokens"), ViewPlace::Centre, create<TokensView>},
    {"stage", QT_TRANSLATE_NOOP("heedmap::View", "Picture"), ViewPlace::Centre, create<StageView>},
    {"sound", QT_TRANSLATE_NOOP("heedmap::View", "Sound"), ViewPlace::Centre, create<SoundView>},
    {"heads", QT_TRANSLATE_NOOP("heedmap::View", "Heads"), ViewPlace::Right, create<HeadsView>},
    {"answer", QT_TRANSLATE_NOOP("heedmap::View", "Answer"), ViewPlace::Right, create<AnswerView>},
    {"what_if", QT_TRANSLATE_NOOP("heedmap::View", "What if"), ViewPlace::Right, create<WhatIfView>},
    {"links", QT_TRANSLATE_NOOP("heedmap::View", "Links"), ViewPlace::Bottom, create<LinksView>},
    {"matrix", QT_TRANSLATE_NOOP("heedmap::View", "Matrix"), ViewPlace::Bottom, create<MatrixView>},
    {"svd_modes", QT_TRANSLATE_NOOP("heedmap::View", "SVD modes"), ViewPlace::Bottom, create<SvdModesView>},
    {"head_finder", QT_TRANSLATE_NOOP("heedmap::View", "Head finder"), ViewPlace::Bottom, create<HeadFinderView>},
    {"layer_flow", QT_TRANSLATE_NOOP("heedmap::View", "Layer flow"), ViewPlace::Bottom, create<LayerFlowView>},
    {"analyses", QT_TRANSLATE_NOOP("heedmap::View", "Analyses"), ViewPlace::Bottom, create<AnalysesView>},
};

} // namespace

std::span<const ViewEntry> viewRegistry()
{
    return kViews;
}

QString viewTitle(const ViewEntry& entry)
{
    return QCoreApplication::translate("heedmap::View", entry.title);
}

} // namespace heedmap
