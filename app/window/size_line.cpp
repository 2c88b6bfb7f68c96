#include "app/window/size_line.h"

#include "core/base/byte_text.h"

#include <QActionGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QToolButton>

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
    : QWidget(parent), m_session(session), m_size(new QLabel), m_type(new QToolButton)
{
    m_size->setObjectName("muted");
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_size, 1);
    row->addWidget(m_type);
    m_delay.setSingleShot(true);
    m_delay.setInterval(kDelayMs);
    buildMenu();
    connectSession();
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
    for (auto signal : {&Session::modelChanged, &Session::pictureChanged, &Session::questionChanged,
                        &Session::interventionsChanged, &Session::storageTypeChanged})
        connect(&m_session, signal, this, &SizeLine::forget);
    connect(&m_session, &Session::storageTypeChanged, this, &SizeLine::showType);
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
    if (!m_asked && m_session.engine().state() == EngineClient::State::Ready)
        m_delay.start();
}

void SizeLine::ask()
{
    if (m_session.engine().state() != EngineClient::State::Ready || m_session.isRunning())
        return;     // askWhenReady is called again
    m_asked = true; // once: an engine that cannot say must not be asked for ever
    m_session.planSize();
}

} // namespace heedmap
