#include "app/window/size_line.h"
#include "core/base/byte_text.h"
#include "tests/app/window/wait.h"

#include <gtest/gtest.h>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QMenu>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

namespace heedmap {
namespace {

using namespace test;

const QString kFixtures = QStringLiteral(HEEDMAP_SOURCE_DIR "/tests/fixtures/blip/");

class SizeLineTest : public testing::Test
{
protected:
    SizeLineTest() : m_session(m_engine, CaptureCache(m_folder.filePath("cache"))), m_line(m_session)
    {
        m_line.show();
        QObject::connect(&m_session, &Session::failed, [this](const QString& message) { m_failures << message; });
    }

    std::shared_ptr<const Capture> runOnce()
    {
        m_session.run();
        EXPECT_TRUE(waitFor([&] { return !m_session.isRunning(); })) << m_failures.join('\n').toStdString();
        return m_session.document().capture;
    }
    void openInputs()
    {
        m_session.openModel(kFixtures + "models/qa");
        m_session.openPicture(kFixtures + "pictures/wide.png");
        ASSERT_TRUE(
            waitFor([&] { return !m_session.document().model.isNull() && !m_session.document().picture.isNull(); }));
        m_session.setQuestion("what color is the big ball?");
    }
    QString text() const { return m_line.findChild<QLabel*>()->text(); }
    /// Down and Return in the open menu.
    void chooseTheSecondType()
    {
        auto* button = m_line.findChild<QToolButton*>();
        QTimer::singleShot(0, button, [button] {
            QTest::keyClick(button->menu(), Qt::Key_Down);
            QTest::keyClick(button->menu(), Qt::Key_Down);
            QTest::keyClick(button->menu(), Qt::Key_Return);
        });
        QTest::mouseClick(button, Qt::LeftButton);
    }

    QTemporaryDir m_folder;
    EngineClient m_engine{qEnvironmentVariable("HEEDMAP_BIN_DIR") + QStringLiteral("/heedmap-engine")};
    Session m_session;
    SizeLine m_line;
    QStringList m_failures;
};

TEST_F(SizeLineTest, saysTheBytesOfTheNextRunAndWhatHalfOfThemCosts)
{
    openInputs();
    const auto plain = runOnce();
    ASSERT_TRUE(plain);
    QSignalSpy sizes(&m_session, &Session::sizeKnown);
    ASSERT_TRUE(waitFor([&] { return text().startsWith("writes at most"); }));
    ASSERT_EQ(sizes.count(), 1) << "asked once";
    const qint64 most = sizes.front().front().toLongLong();
    EXPECT_GE(most, static_cast<qint64>(plain->byteCount()));
    EXPECT_TRUE(text().endsWith(QString::fromStdString(byteText(most))));

    chooseTheSecondType();
    ASSERT_EQ(m_session.storageType(), DType::F16);
    EXPECT_FALSE(text().startsWith("writes at most")) << "the size of before is not shown any more";
    ASSERT_TRUE(waitFor([&] { return text().startsWith("writes at most"); }));
    EXPECT_LT(sizes.back().front().toLongLong(), most);

    const auto half = runOnce();
    ASSERT_NE(half, plain);
    EXPECT_LT(half->byteCount(), plain->byteCount());
    for (const AttentionSite& site : half->manifest().sites)
        EXPECT_GT(*site.maxRowError, 0) << site.key();
}

TEST_F(SizeLineTest, asksAsSoonAsThereIsSomethingToRun)
{
    m_session.openModel(kFixtures + "models/qa");
    ASSERT_TRUE(waitFor([&] { return !m_session.document().model.isNull(); }));
    QTest::qWait(500);
    EXPECT_EQ(m_engine.state(), EngineClient::State::Stopped) << "nothing to run yet";
    openInputs();
    ASSERT_TRUE(waitFor([&] { return text().startsWith("writes at most"); }));
    EXPECT_FALSE(m_session.isRunning());
    EXPECT_FALSE(m_session.document().capture);
}

TEST_F(SizeLineTest, startsNoEngineForALargeModelOrToLookAtACapture)
{
    const QString folder = m_folder.filePath("large");
    ASSERT_TRUE(QDir().mkpath(folder));
    ASSERT_TRUE(QFile::copy(kFixtures + "models/qa/config.json", folder + "/config.json"));
    QFile weights(folder + "/model.safetensors");
    ASSERT_TRUE(weights.open(QIODevice::WriteOnly) && weights.resize(qint64{2} << 30)); // without a block on disk
    m_session.openModel(folder);
    m_session.openPicture(kFixtures + "pictures/wide.png");
    ASSERT_TRUE(
        waitFor([&] { return !m_session.document().model.isNull() && !m_session.document().picture.isNull(); }));
    m_session.setQuestion("what color is the big ball?");
    QTest::qWait(500);
    EXPECT_EQ(m_engine.state(), EngineClient::State::Stopped);
    EXPECT_FALSE(text().isEmpty());
}

TEST_F(SizeLineTest, kindsOfMapsAreChosenAndTheSizeFollows)
{
    openInputs();
    QSignalSpy sizes(&m_session, &Session::sizeKnown);
    ASSERT_TRUE(waitFor([&] { return text().startsWith("writes at most"); }));
    auto* groups = m_line.findChildren<QToolButton*>().last();
    ASSERT_TRUE(groups->isVisible());
    const std::vector<PlannedGroup> planned = m_session.plannedGroups();
    ASSERT_GT(planned.size(), 2u);
    EXPECT_EQ(groups->text(), QString("all %1 kinds of maps").arg(planned.size()));
    const qint64 everything = sizes.back().front().toLongLong();

    for (std::size_t i = 0; i + 1 < planned.size(); ++i) { // leave out the first one, then the next …
        QTimer::singleShot(0, groups, [groups, i] {
            for (std::size_t step = 0; step <= i; ++step)
                QTest::keyClick(groups->menu(), Qt::Key_Down);
            QTest::keyClick(groups->menu(), Qt::Key_Return);
        });
        QTest::mouseClick(groups, Qt::LeftButton);
        EXPECT_TRUE(m_session.leftOutGroups().contains(planned[i].id)) << i;
    }
    EXPECT_EQ(groups->text(), QString("1 of %1 kinds of maps").arg(planned.size()));
    EXPECT_FALSE(groups->menu()->actions().last()->isEnabled()) << "something must be stored";
    ASSERT_TRUE(waitFor([&] { return text().startsWith("writes at most"); }));
    EXPECT_LT(sizes.back().front().toLongLong(), everything);
    EXPECT_EQ(m_session.plannedGroups(), planned) << "those that are left out stay to be chosen";

    const auto capture = runOnce();
    ASSERT_TRUE(capture);
    EXPECT_LE(static_cast<qint64>(capture->byteCount()), sizes.back().front().toLongLong());
    for (const AttentionSite& site : capture->manifest().sites)
        EXPECT_EQ(QString::fromStdString(site.group), planned.back().id);
    m_session.openModel(kFixtures + "models/retrieval");
    ASSERT_TRUE(waitFor([&] { return m_session.document().model.name == "retrieval"; }));
    EXPECT_TRUE(m_session.leftOutGroups().isEmpty()) << "another model has other maps";
}

} // namespace
} // namespace heedmap
