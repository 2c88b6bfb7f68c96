#include "app/window/size_line.h"

#include "core/base/byte_text.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QToolButton>
#include <QVBoxLayout>

namespace heedmap {

namespace {

constexpr int kDelayMs = 300;

struct TypeChoice
{
    DType dtype;
    const char* name;
    const char* title;
};

constexpr TypeChoice kTypes[] = {
    {DType::F32, "f32", QT_TRANSLATE_NOOP("SizeLine", "Single precision (f32)")},
    {DType::F16, "f16", QT_TRANSLATE_NOOP("SizeLine", "Half precision (f16): half the size")},
    {DType::BF16, "bf16", QT_TRANSLATE_NOOP("SizeLine", "Half precision (bf16): half the size, coarser")},
};

} // namespace

SizeLine::SizeLine(Session& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_size(new QLabel), m_type(new QToolButton), m_groups(new QToolButton)
{
    m_size->setObjectName("muted");
    auto* row = new QHBoxLayout;
    row->addWidget(m_size, 1);
    row->addWidget(m_type);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addLayout(row);
    layout->addWidget(m_groups);
    m_delay.setSingleShot(true);
    m_delay.setInterval(kDelayMs);
    buildMenu();
    m_groups->setObjectName("choice");
    m_groups->setPopupMode(QToolButton::InstantPopup);
    m_groups->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_groups->setAccessibleName(tr("Which kinds of maps captures store"));
    m_groups->setToolTip(tr("Which kinds of maps the next run stores. The model runs all the same; maps that are not "
                            "stored cannot be looked at, nor what is composed or computed from them."));
    m_groups->setMenu(new QMenu(m_groups));
    connectSession();
    showGroups();
    forget();
}

void SizeLine::buildMenu()
{
    m_type->setObjectName("choice");
    m_type->setPopupMode(QToolButton::InstantPopup);
    m_type->setAccessibleName(tr("What captures are stored in"));
    m_type->setToolTip(tr("What the next run stores its numbers in. How far its maps are then from the model's is "
                          "measured, and stands in the status bar."));
    auto* menu = new QMenu(m_type);
    auto* group = new QActionGroup(menu);
    for (const TypeChoice& choice : kTypes) {
        QAction* action = menu->addAction(tr(choice.title));
        action->setCheckable(true);
        action->setChecked(choice.dtype == m_session.storageType());
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, dtype = choice.dtype] { m_session.setStorageType(dtype); });
    }
    m_type->setMenu(menu);
    showType();
}

void SizeLine::connectSession()
{
    for (auto signal :
         {&Session::modelChanged, &Session::pictureChanged, &Session::questionChanged, &Session::recordingChanged,
          &Session::speechOptionsChanged, &Session::interventionsChanged, &Session::storageTypeChanged})
        connect(&m_session, signal, this, &SizeLine::forget);
    connect(&m_session, &Session::storageTypeChanged, this, &SizeLine::showType);
    connect(&m_session, &Session::storedGroupsChanged, this, &SizeLine::showGroups);
    connect(&m_session, &Session::sizeKnown, this, &SizeLine::showSize);
    connect(&m_session, &Session::runEnded, this, &SizeLine::askWhenReady);
    connect(&m_session.engine(), &EngineClient::stateChanged, this, &SizeLine::askWhenReady);
    connect(&m_delay, &QTimer::timeout, this, &SizeLine::ask);
}

void SizeLine::showType()
{
    for (const TypeChoice& choice : kTypes)
        if (choice.dtype == m_session.storageType())
            m_type->setText(QString::fromLatin1(choice.name));
}

void SizeLine::showGroups()
{
    const std::vector<PlannedGroup>& groups = m_session.plannedGroups();
    const QSet<QString>& leftOut = m_session.leftOutGroups();
    QMenu* menu = m_groups->menu();
    menu->clear();
    qsizetype stored = 0;
    for (const PlannedGroup& group : groups)
        stored += leftOut.contains(group.id) ? 0 : 1;
    for (const PlannedGroup& group : groups) {
        QAction* action =
            menu->addAction(tr("%1   %2").arg(group.title, QString::fromStdString(byteText(group.bytes))));
        action->setCheckable(true);
        action->setChecked(!leftOut.contains(group.id));
        action->setEnabled(stored > 1 || !action->isChecked()); // a capture of nothing is none
        connect(action, &QAction::triggered, this, [this, id = group.id](bool checked) { leaveOut(id, !checked); });
    }
    m_groups->setVisible(groups.size() > 1);
    m_groups->setText(stored == std::ssize(groups) ? tr("all %1 kinds of maps").arg(stored)
                                                   : tr("%1 of %2 kinds of maps").arg(stored).arg(groups.size()));
}

void SizeLine::leaveOut(const QString& group, bool leftOut)
{
    QSet<QString> groups = m_session.leftOutGroups();
    if (leftOut)
        groups.insert(group);
    else
        groups.remove(group);
    m_session.setLeftOutGroups(groups);
    forget();
}

void SizeLine::showSize(qint64 bytes)
{
    if (m_delay.isActive()) // it is the size of what was asked for before
        return;
    m_size->setText(tr("writes at most %1").arg(QString::fromStdString(byteText(bytes))));
}

void SizeLine::forget()
{
    m_asked = false;
    m_size->setText(tr("store numbers as"));
    m_delay.start();
}

void SizeLine::askWhenReady()
{
    if (!m_asked && m_session.canPlanSize())
        m_delay.start();
}

void SizeLine::ask()
{
    if (!m_session.canPlanSize())
        return;     // askWhenReady is called again
    m_asked = true; // once: an engine that cannot say must not be asked for ever
    m_session.planSize();
}

} // namespace heedmap
