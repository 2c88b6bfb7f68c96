#include "widgets/controls/head_set_bar.h"

#include "widgets/context/alignment_proposer.h"
#include "widgets/context/map_labels.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QSignalBlocker>

#include <algorithm>

namespace heedmap {

namespace {

const SavedHeadSet* savedCalled(const std::vector<SavedHeadSet>& sets, const std::string& name)
{
    const auto found = std::ranges::find(sets, name, &SavedHeadSet::name);
    return found == sets.end() ? nullptr : &*found;
}

} // namespace

HeadSetBar::HeadSetBar(SelectionModel& selection, QWidget* parent)
    : QWidget(parent), m_selection(selection), m_count(new QLabel), m_reductions(new QComboBox), m_name(new QLineEdit),
      m_save(new QPushButton(tr("Save set")))
{
    m_reductions->addItems({tr("mean"), tr("max")});
    m_reductions->setAccessibleName(tr("How several heads become one map"));
    m_reductions->setToolTip(tr("mean: the mean of the probabilities\n"
                                "max: the largest probability of each key; the row does not sum to one"));
    m_name->setPlaceholderText(tr("Name…"));
    m_name->setAccessibleName(tr("Name of the set of heads"));
    m_name->setMaxLength(60);
    m_save->setToolTip(tr("Keep this set of heads under its name, to come back to, also in later runs"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    for (QWidget* widget : std::initializer_list<QWidget*>{m_count, m_reductions, m_name, m_save})
        layout->addWidget(widget, widget == m_name ? 1 : 0);
    connect(m_reductions, &QComboBox::activated, this, &HeadSetBar::chooseReduction);
    connect(m_name, &QLineEdit::textChanged, this, &HeadSetBar::enableSaving);
    connect(m_name, &QLineEdit::returnPressed, this, &HeadSetBar::save);
    connect(m_save, &QPushButton::clicked, this, &HeadSetBar::save);
    connect(&selection, &SelectionModel::headSetsChanged, this, &HeadSetBar::enableSaving);
    hide();
}

Reduction HeadSetBar::reduction() const
{
    return m_reductions->currentIndex() == 1 ? Reduction::Max : Reduction::Mean;
}

void HeadSetBar::refresh()
{
    const std::optional<ShownMap> map = m_selection.shown();
    const std::optional<HeadSet> set = map ? map->map.set : std::nullopt;
    setVisible(set.has_value());
    if (set == m_shown) // what is being typed stays
        return;
    m_shown = set;
    if (!set)
        return;
    const std::size_t count = set->members.size();
    m_count->setText(count == 1 ? tr("1 head") : tr("%1 heads").arg(count));
    m_reductions->setCurrentIndex(set->reduction == Reduction::Max ? 1 : 0);
    const QSignalBlocker blocker(m_name);
    m_name->setText(QString::fromStdString(set->name));
    enableSaving();
}

void HeadSetBar::chooseReduction()
{
    if (!m_shown || m_shown->reduction == reduction())
        return;
    HeadSet set = *m_shown;
    set.reduction = reduction();
    m_selection.selectSet(set);
}

void HeadSetBar::enableSaving()
{
    const std::string name = m_name->text().trimmed().toStdString();
    bool isNew = m_shown && !name.empty();
    if (const SavedHeadSet* saved = isNew ? savedCalled(m_selection.headSets(), name) : nullptr) {
        HeadSet set = *m_shown;
        set.name = name;
        isNew = savedSet(*m_selection.capture(), set) != *saved;
    }
    m_save->setEnabled(isNew);
}

void HeadSetBar::save()
{
    if (!m_save->isEnabled())
        return;
    HeadSet set = *m_shown;
    set.name = m_name->text().trimmed().toStdString();
    std::vector<SavedHeadSet> sets = m_selection.headSets();
    const auto isTaken = [&](const std::string& name) {
        return std::ranges::any_of(sets, [&](const SavedHeadSet& saved) { return saved.name == name; });
    };
    HeadSet named = set; // somebody's own set of this name stays
    for (int number = 2; isTaken(named.name); ++number)
        named.name = set.name + " " + std::to_string(number);
    sets.push_back(savedSet(*m_selection.capture(), named));
    m_selection.setHeadSets(sets);
    m_selection.selectSet(named);
}

HeadSetButton::HeadSetButton(SelectionModel& selection, QWidget* parent)
    : QToolButton(parent), m_selection(selection), m_proposer(new AlignmentProposer(this))
{
    setText(tr("Sets"));
    setToolTip(tr("Saved sets of heads"));
    setPopupMode(QToolButton::InstantPopup);
    setMenu(new QMenu(this));
    menu()->setToolTipsVisible(true);
    connect(menu(), &QMenu::aboutToShow, this, &HeadSetButton::fillMenu);
    connect(&selection, &SelectionModel::headSetsChanged, this, &HeadSetButton::refresh);
    connect(m_proposer, &AlignmentProposer::changed, this, &HeadSetButton::showProgress);
    connect(m_proposer, &AlignmentProposer::proposed, this, &HeadSetButton::keep);
    connect(m_proposer, &AlignmentProposer::failed, &selection, &SelectionModel::refused);
    hide();
}

void HeadSetButton::refresh()
{
    const auto& capture = m_selection.capture();
    if (capture != m_searched)
        m_proposer->stop();
    const bool hasSets = capture && std::ranges::any_of(m_selection.headSets(), [&](const SavedHeadSet& saved) {
                             return setIn(*capture, saved).has_value();
                         });
    setVisible(hasSets || (capture && !transcriptsOf(capture->manifest()).empty()));
}

void HeadSetButton::fillMenu()
{
    menu()->clear();
    if (!m_selection.capture())
        return;
    addSavedSets();
    addAlignment();
    const std::optional<HeadSet> shown = m_selection.selection().map.set;
    if (!shown || !savedCalled(m_selection.headSets(), shown->name))
        return;
    menu()->addSeparator();
    menu()->addAction(tr("Remove “%1”").arg(QString::fromStdString(shown->name)), this,
                      [this, name = shown->name] { remove(name); });
}

void HeadSetButton::addSavedSets()
{
    const std::optional<HeadSet> shown = m_selection.selection().map.set;
    for (const SavedHeadSet& saved : m_selection.headSets())
        if (const std::optional<HeadSet> set = setIn(*m_selection.capture(), saved)) {
            QAction* action = menu()->addAction(setLabel(*set), this, [this, set] { m_selection.selectSet(*set); });
            action->setCheckable(true);
            action->setChecked(shown == set);
        }
}

void HeadSetButton::addAlignment()
{
    const std::shared_ptr<const Capture> capture = m_selection.capture();
    const std::size_t site = m_selection.selection().map.site;
    if (transcriptsOf(capture->manifest()).empty())
        return;
    menu()->addSeparator();
    if (const std::optional<HeadSet> named = checkpointAlignment(*capture, site)) {
        QAction* action = menu()->addAction(tr("The checkpoint's alignment heads"), this,
                                            [this, named] { m_selection.selectSet(*named); });
        action->setToolTip(tr("The heads that time words, as the checkpoint names them"));
    }
    if (m_proposer->isRunning()) {
        menu()->addAction(tr("Stop searching alignment heads"), m_proposer, &AlignmentProposer::stop);
        return;
    }
    QAction* action = menu()->addAction(tr("Propose alignment heads"), this, [this, capture, site] {
        m_searched = capture;
        m_proposer->start(capture, site);
    });
    const QString obstacle = AlignmentProposer::obstacle(*capture);
    action->setEnabled(obstacle.isEmpty());
    action->setToolTip(obstacle.isEmpty() ? tr("Times the words by every head, and keeps the heads that together go "
                                               "forward best as the set “alignment”")
                                          : obstacle);
}

void HeadSetButton::keep(const HeadSet& set)
{
    if (m_selection.capture() != m_searched)
        return;
    std::vector<SavedHeadSet> sets = m_selection.headSets();
    std::erase_if(sets, [&](const SavedHeadSet& saved) { return saved.name == set.name; });
    sets.push_back(savedSet(*m_selection.capture(), set));
    m_selection.setHeadSets(sets);
    m_selection.selectSet(set);
}

void HeadSetButton::remove(const std::string& name)
{
    std::vector<SavedHeadSet> sets = m_selection.headSets();
    std::erase_if(sets, [&](const SavedHeadSet& saved) { return saved.name == name; });
    m_selection.setHeadSets(sets);
}

void HeadSetButton::showProgress()
{
    setText(m_proposer->isRunning() ? tr("Sets · %1 %").arg(static_cast<int>(100 * m_proposer->share())) : tr("Sets"));
    setToolTip(m_proposer->isRunning() ? tr("Searching the heads that tell when a word was spoken")
                                       : tr("Saved sets of heads"));
}

} // namespace heedmap
