// Rollout and relevance through the layers.

#include "core/analysis/analysis_registry.h"
#include "core/analysis/gradient_relevance.h"
#include "widgets/controls/layer_flow_canvas.h"
#include "widgets/controls/parameter_form.h"
#include "widgets/controls/run_again_button.h"
#include "widgets/controls/statistics_strip.h"
#include "widgets/image/series_scene.h"
#include "widgets/views/layer_flow_view.h"

#include <algorithm>
#include <set>

namespace heedmap {

namespace {

constexpr int kProgressSteps = 1000;

} // namespace

QString LayerFlowView::quantity() const
{
    return isOfMass()               ? QStringLiteral("mass")
           : m_rollout->isChecked() ? QStringLiteral("rollout")
                                    : QStringLiteral("relevance");
}

QString LayerFlowView::message() const
{
    return m_pages->currentWidget() == m_message ? m_message->text() : QString();
}

AnalysisSettings LayerFlowView::seriesSettings() const
{
    const Analysis& analysis = analysisById(m_rollout->isChecked() ? "rollout_layers" : "relevance_layers");
    const auto left = m_settings.find(&analysis);
    AnalysisSettings settings = left == m_settings.end() ? AnalysisSettings(analysis) : left->second;
    settings.setText("by", m_bySegment->isChecked() ? "segment" : "kind");
    return settings;
}

std::optional<AnalysisScope> LayerFlowView::shownScope() const
{
    const std::optional<ShownMap> shown = selection().shown();
    if (!selection().capture() || !shown)
        return std::nullopt;
    return AnalysisScope{shown->group, shown->map, shown->query};
}

/// Rollout: every group of self-attention. Relevance: every axis that looks. Of one token: those of its axis.
std::vector<LayerFlowView::Strand> LayerFlowView::strands() const
{
    std::vector<Strand> strands;
    const std::optional<AnalysisScope> shown = shownScope();
    if (!shown)
        return strands;
    const Capture& capture = *selection().capture();
    const AnalysisSettings settings = seriesSettings();
    const std::string shownAxis = queryAxisOf(capture, shown->map).id;
    std::set<std::string> names;
    for (const GroupChoice& group : groupChoices(capture)) {
        if (group.isComposed())
            continue;
        const AnalysisScope scope{group.id, {group.sites.front(), HeadChoice::mean(), std::nullopt}, std::nullopt};
        const std::string axis = capture.queryAxis(group.sites.front()).id;
        const std::string name = m_rollout->isChecked() ? group.id : axis;
        if ((m_ofToken->isChecked() && axis != shownAxis) || names.contains(name))
            continue;
        const std::optional<AnalysisObstacle> obstacle = obstacleFor(settings.analysis(), capture, scope);
        if (!obstacle)
            names.insert(name);
        strands.push_back({settings.analysis().id + (":" + name),
                           AnalysisRequest{selection().capture(), scope, settings},
                           obstacle ? obstacle->reason + "\n\n" + obstacle->remedy : std::string()});
    }
    return strands;
}

/// The row a series is shown of; absent: the mean. An output has its relevance in the row that predicted it, and the
/// mean over the others says nothing of it.
std::optional<std::int64_t> LayerFlowView::rowOf(const Strand& strand) const
{
    if (m_ofToken->isChecked())
        return shownScope()->query;
    const Capture& capture = *strand.request.capture;
    return m_relevance->isChecked() ? targetRowOn(capture, queryAxisOf(capture, strand.request.scope.map).id)
                                    : std::nullopt;
}

/// "mean over …", and which axis is an exception.
QString LayerFlowView::whoseSeries(const std::vector<Strand>& strands) const
{
    QString text = whoseRows();
    if (!m_ofToken->isChecked())
        for (const Strand& strand : strands)
            if (strand.obstacle.empty() && rowOf(strand))
                text +=
                    tr("; %1: the row that predicted y")
                        .arg(QString::fromStdString(queryAxisOf(*strand.request.capture, strand.request.scope.map).id));
    return text;
}

void LayerFlowView::addSeries(LayerFlowScene& scene, const Strand& strand)
{
    const Capture& capture = *strand.request.capture;
    const auto result = m_series.result(strand.name);
    if (!result) {
        LayerFlowScene::Group& group = scene.groups.emplace_back();
        group.title = QString::fromStdString(capture.queryAxis(strand.request.scope.map.site).id);
        group.note = m_series.failure(strand.name);
        if (group.note.isEmpty() && m_series.isSlow())
            group.note = tr("Computing…");
        return;
    }
    const std::vector<std::int64_t> rows = seriesQueries(capture, result->queryAxis, rowOf(strand));
    for (LayerFlowScene::Group& group : seriesGroups(capture, *result, rows))
        scene.groups.push_back(std::move(group));
}

QString LayerFlowView::whyNoSeries(const std::vector<Strand>& strands) const
{
    const std::optional<AnalysisScope> shown = shownScope();
    if (!shown)
        return tr("Run a model or open a capture with attention to see where it goes.");
    if (m_ofToken->isChecked() && !shown->query)
        return tr("Point at a token or keep one.");
    const auto hasNone = [](const Strand& strand) { return !strand.obstacle.empty(); };
    if (!std::ranges::all_of(strands, hasNone))
        return {};
    QString why = strands.empty() ? tr("Nothing looks from the current token.")
                                  : QString::fromStdString(strands.front().obstacle);
    if (m_again->isOffered())
        why += u'\n' + tr("\nThe button below runs the model again and stores them.");
    return why;
}

LayerFlowScene LayerFlowView::seriesScene()
{
    context().statistics().wish(this, {});
    const std::vector<Strand> all = strands();
    m_again->offerFor(seriesSettings().analysis(), shownScope());
    const QString why = whyNoSeries(all);
    std::map<std::string, AnalysisRequest> wanted;
    if (why.isEmpty() && isVisible())
        for (const Strand& strand : all)
            if (strand.obstacle.empty())
                wanted.emplace(strand.name, strand.request);
    m_series.want(wanted);
    LayerFlowScene scene;
    if (why.isEmpty())
        for (const Strand& strand : all)
            if (strand.obstacle.empty())
                addSeries(scene, strand);
    m_form->setSettings(seriesSettings(), {"by"}); // the buttons choose that
    m_parameters->setVisible(why.isEmpty());
    m_form->setVisible(why.isEmpty() && m_parameters->isChecked());
    m_message->setText(why);
    m_pages->setCurrentIndex(why.isEmpty() ? 0 : 1);
    showSeriesProgress(all);
    return scene;
}

void LayerFlowView::showSeriesProgress(const std::vector<Strand>& strands)
{
    const auto says = std::ranges::find_if(strands, [](const Strand& strand) { return strand.obstacle.empty(); });
    const bool isEmpty = !message().isEmpty() || says == strands.end();
    QStringList parts;
    if (!isEmpty) {
        parts << (m_rollout->isChecked() ? tr("share of the rollout after each layer")
                                         : tr("relevance gathered after each layer, no probability"));
        if (const auto result = m_series.result(says->name))
            for (const std::string& note : result->notes)
                parts << QString::fromStdString(note);
        parts << whoseSeries(strands);
        parts << QString::fromStdString(says->request.settings.text());
    }
    m_strip->showProgress({}, parts.join(QStringLiteral(" · ")));
    const bool isSlow = !isEmpty && m_series.isSlow();
    m_strip->setWork(isSlow                               ? StripWork::Working
                     : !isEmpty && m_series.isCancelled() ? StripWork::Stopped
                                                          : StripWork::None,
                     static_cast<int>(kProgressSteps * m_series.progress()), kProgressSteps);
}

} // namespace heedmap
